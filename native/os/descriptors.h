#pragma once

#include <cstddef>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// Writes all of it, and waits where the descriptor is non-blocking and full: for output that must
// not be lost when the process ends right after.
Result<void> WriteAll(int fd, const char* data, size_t size);

// Turns standard output and standard error into these, or into /dev/null where -1: Node has them
// open always, and close-on-exec. The caller keeps the descriptors.
Result<void> RedirectOutput(int out, int err);

// Turns standard input into /dev/null.
Result<void> DetachStandardInput();

// The number `fd`, which is open, becomes another one for what `by` stands for; CLOEXEC. Needs no
// free number.
Result<void> ReplaceDescriptor(int fd, int by);

// While it lives, what this process writes to standard error is lost.
class MutedStandardError {
 public:
  MutedStandardError();
  ~MutedStandardError();
  MutedStandardError(const MutedStandardError&) = delete;
  MutedStandardError& operator=(const MutedStandardError&) = delete;

 private:
  UniqueFd real_;
};

}  // namespace mp::os
