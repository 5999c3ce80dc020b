#pragma once

#include <string>

#include "os/result.h"

namespace mp::os {

// Reads a file of /proc whole. `path` is also what an error calls it.
Result<std::string> ReadProcFile(const char* path);

// The same, to memory that can be used again.
Result<void> ReadProcFile(const char* path, std::string* text);

}  // namespace mp::os
