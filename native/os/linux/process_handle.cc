#include "os/process_handle.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "os/proc_file.h"
#include "os/retry.h"
#include "os/wait_ready.h"

// Same number on every architecture; older headers lack them.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace mp::os {
namespace {

// PIDFD_GET_INFO of <linux/pidfd.h>, which older headers lack: struct pidfd_info as far as its
// first version went.
struct PidfdInfo {
  uint64_t mask;  // In: what is asked for. Out: what is there.
  uint64_t cgroup_id;
  uint32_t ids[11];
  int32_t wait_status;
};
static_assert(sizeof(PidfdInfo) == 64, "PIDFD_INFO_SIZE_VER0");
constexpr uint64_t kInfoExit = 1 << 3;
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);

// P_PIDFD (Linux 5.4), which older headers lack.
constexpr auto kByHandle = static_cast<idtype_t>(3);

ExitCode FromWaitStatus(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// The text that follows `label` in a file of /proc; empty when there is none.
std::string ReadAfter(const std::string& path, const std::string& label) {
  const Result<std::string> text = ReadProcFile(path.c_str());
  if (!text.ok()) return "";
  const size_t found = text.value().rfind(label);
  return found == std::string::npos ? "" : text.value().substr(found + label.size());
}

// -1 when the process has been reaped.
pid_t PidOf(int process_handle) {
  const std::string pid = ReadAfter("/proc/self/fdinfo/" + std::to_string(process_handle), "Pid:");
  return pid.empty() ? -1 : std::atoi(pid.c_str());
}

// Of a process that has ended, and that its parent has not reaped.
std::optional<ExitCode> ExitCodeOfZombie(int process_handle) {
  const pid_t pid = PidOf(process_handle);
  if (pid <= 0) return std::nullopt;
  // Behind the name, which may hold anything. The state is the third field, the exit code the 52nd.
  std::istringstream fields(ReadAfter("/proc/" + std::to_string(pid) + "/stat", ") "));
  std::string state;
  std::string wait_status;
  fields >> state;
  for (int field = 4; field <= 52; field++) fields >> wait_status;
  // It still had its pid afterwards: these were its own fields.
  if (state != "Z" || !fields || PidOf(process_handle) != pid) return std::nullopt;
  return FromWaitStatus(std::atoi(wait_status.c_str()));
}

}  // namespace

Result<UniqueFd> OpenProcessHandle(pid_t pid) {
  // Close-on-exec by definition.
  UniqueFd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!handle.valid()) return LastError("pidfd_open");
  return handle;
}

Result<std::optional<ExitCode>> TryReap(int process_handle) {
  siginfo_t info{};
  const int status = RetryOnEintr([&] {
    return waitid(kByHandle, static_cast<id_t>(process_handle), &info, WEXITED | WNOHANG);
  });
  if (status < 0) return LastError("waitid");
  if (info.si_pid == 0) return std::optional<ExitCode>();
  return std::optional<ExitCode>(info.si_code == CLD_EXITED ? info.si_status : -info.si_status);
}

Result<UniqueFd> OpenHandleOfNewChild(pid_t child) {
  Result<UniqueFd> handle = OpenProcessHandle(child);
  if (handle.ok()) return handle;
  kill(child, SIGKILL);
  RetryOnEintr([&] { return waitpid(child, nullptr, 0); });
  return handle;
}

Result<std::optional<ExitCode>> ExitCodeOf(int process_handle) {
  PidfdInfo info{};
  info.mask = kInfoExit;
  if (ioctl(process_handle, kGetInfo, &info) != 0) {
    // ENOTTY, EINVAL: the ioctl is not known. ESRCH: it is, but tells nothing of a process that is
    // gone.
    const bool lacks_it = errno == ENOTTY || errno == EINVAL || errno == ESRCH;
    const SysError failure = LastError("PIDFD_GET_INFO");
    const std::optional<ExitCode> exit_code = ExitCodeOfZombie(process_handle);
    if (exit_code.has_value()) return exit_code;
    return lacks_it ? SysError{ENOTSUP, "PIDFD_GET_INFO"} : failure;
  }
  if ((info.mask & kInfoExit) == 0) return ExitCodeOfZombie(process_handle);
  return std::optional<ExitCode>(FromWaitStatus(info.wait_status));
}

bool IsUndisturbed(pid_t pid, int process_handle) {
  const std::string path = "/proc/" + std::to_string(pid) + "/status";
  const Result<std::string> status = ReadProcFile(path.c_str());
  const auto has = [&](const char* line) {
    return status.ok() && status.value().find(line) != std::string::npos;
  };
  // A signal is there from when it was sent until the process, awake, takes it.
  const bool is_quiet = has("\nState:\tS") && has("\nSigPnd:\t0000000000000000\n") &&
                        has("\nShdPnd:\t0000000000000000\n");
  // It still had its pid afterwards.
  return is_quiet && WaitReady(process_handle, kReadable, 0) != kReadable;
}

Result<bool> SendSignal(int process_handle, int signal) {
  // The kernel takes signals for a process that has ended until it is reaped.
  if (WaitReady(process_handle, kReadable, 0) == kReadable) return false;
  if (syscall(SYS_pidfd_send_signal, process_handle, signal, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  return LastError("pidfd_send_signal");
}

}  // namespace mp::os
