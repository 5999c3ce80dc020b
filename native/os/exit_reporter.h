#pragma once

#include <optional>

#include "os/process_handle.h"
#include "os/result.h"

namespace mp::os {

// Takes the exit code of one child of this process, and tells it to another process at once: on a
// stream socket, as four bytes of this machine's order. Whether anybody reads it does not matter.
class ExitReporter {
 public:
  // The caller keeps the descriptor.
  explicit ExitReporter(int process_handle) : process_handle_(process_handle) {}

  // Where to tell it, at once when the child has ended already; -1: nowhere. The caller keeps the
  // socket open.
  void ReportTo(int socket);

  // As TryReap, but may be asked again.
  Result<std::optional<ExitCode>> Poll();

 private:
  int process_handle_;
  int socket_ = -1;
  std::optional<ExitCode> exit_code_;
};

}  // namespace mp::os
