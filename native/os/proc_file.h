#pragma once

#include <string>

#include "os/result.h"

namespace mp::os {

// Reads a file of /proc whole. `path` is also what an error calls it.
Result<std::string> ReadProcFile(const char* path);

}  // namespace mp::os
