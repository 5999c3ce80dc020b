#include "os/process_handle.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/retry.h"

// Same number on every architecture; older headers lack them.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace mp::os {

Result<UniqueFd> OpenProcessHandle(pid_t pid) {
  // Close-on-exec by definition.
  UniqueFd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!handle.valid()) return LastError("pidfd_open");
  return handle;
}

Result<std::optional<ExitCode>> TryReap(pid_t child) {
  siginfo_t info{};
  const int status = RetryOnEintr(
      [&] { return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG); });
  if (status < 0) return LastError("waitid");
  if (info.si_pid == 0) return std::optional<ExitCode>();
  return std::optional<ExitCode>(info.si_code == CLD_EXITED ? info.si_status : -info.si_status);
}

Result<bool> SendSignal(int process_handle, int signal) {
  if (syscall(SYS_pidfd_send_signal, process_handle, signal, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  return LastError("pidfd_send_signal");
}

}  // namespace mp::os
