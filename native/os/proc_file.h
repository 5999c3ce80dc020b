#pragma once

#include <string>
#include <string_view>

#include "os/result.h"

namespace mp::os {

// Reads a file of /proc whole. `path` is also what an error calls it.
Result<std::string> ReadProcFile(const char* path);

// The same, to memory that is used again and only grows: what is not read there is not touched.
Result<std::string_view> ReadProcFile(const char* path, std::string* memory);

}  // namespace mp::os
