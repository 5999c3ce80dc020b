#include "os/exit_reporter.h"

#include <sys/socket.h>

#include "os/retry.h"

namespace mp::os {
namespace {

void SendExitCode(int socket, ExitCode exit_code) {
  // There is room for it, unless somebody else has written there.
  RetryOnEintr(
      [&] { return send(socket, &exit_code, sizeof(exit_code), MSG_DONTWAIT | MSG_NOSIGNAL); });
}

}  // namespace

void ExitReporter::ReportTo(int socket) {
  socket_ = socket;
  if (socket_ >= 0 && exit_code_.has_value()) SendExitCode(socket_, *exit_code_);
}

Result<std::optional<ExitCode>> ExitReporter::Poll() {
  if (exit_code_.has_value()) return exit_code_;
  const Result<std::optional<ExitCode>> reaped = TryReap(process_handle_);
  if (!reaped.ok()) return reaped;
  exit_code_ = reaped.value();
  ReportTo(socket_);
  return exit_code_;
}

}  // namespace mp::os
