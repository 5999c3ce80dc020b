#pragma once

#include <cstddef>

#include "os/result.h"

namespace mp::os {

// Writes all of it, and waits where the descriptor is non-blocking and full: for output that must
// not be lost when the process ends right after.
Result<void> WriteAll(int fd, const char* data, size_t size);

// Turns standard output and standard error into these, or into /dev/null where -1: Node has them
// open always, and close-on-exec. The caller keeps the descriptors.
Result<void> RedirectOutput(int out, int err);

// Turns standard input into /dev/null.
Result<void> DetachStandardInput();

}  // namespace mp::os
