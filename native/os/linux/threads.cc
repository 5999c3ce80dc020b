#include "os/threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "os/deadline.h"
#include "os/retry.h"
#include "os/unique_fd.h"

namespace mp::os {
namespace {

constexpr long kEpollCalls[] = {
    SYS_epoll_pwait,
#ifdef SYS_epoll_wait  // The older calls, which newer architectures do without.
    SYS_epoll_wait,
#endif
#ifdef SYS_epoll_pwait2
    SYS_epoll_pwait2,
#endif
};

constexpr long kOtherWaitingCalls[] = {
    SYS_futex,  SYS_ppoll, SYS_pselect6, SYS_nanosleep, SYS_clock_nanosleep, SYS_rt_sigtimedwait,
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_select
    SYS_select,
#endif
};

constexpr std::chrono::microseconds kPollInterval(50);

template <size_t N>
bool IsOneOf(const long (&calls)[N], long number) {
  return std::find(std::begin(calls), std::end(calls), number) != std::end(calls);
}

// Parses /proc/self/task/T/syscall: "running", or the call's number, its six arguments, the stack
// pointer and the program counter.
ThreadState ParseState(pid_t tid, const char* text) {
  ThreadState state{tid, false, 0};
  long number;
  uintptr_t first;
  const int fields = std::sscanf(text, "%ld %" SCNxPTR " %*x %*x %*x %*x %*x %" SCNxPTR, &number,
                                 &first, &state.stack_pointer);
  if (fields < 3) return state;
  const bool polls = IsOneOf(kEpollCalls, number);
  state.parked = polls || IsOneOf(kOtherWaitingCalls, number);
  if (polls) state.epoll = static_cast<int>(first);
  if (number == SYS_futex) state.futex = first;
  return state;
}

// False when the thread has ended meanwhile.
Result<bool> ReadState(pid_t tid, ThreadState* state) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
  const UniqueFd fd(RetryOnEintr([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }));
  if (!fd.valid()) {
    if (errno == ENOENT || errno == ESRCH) return false;
    return LastError("open /proc/self/task/*/syscall");
  }
  char text[256];
  const ssize_t length = RetryOnEintr([&] { return ::read(fd.get(), text, sizeof(text) - 1); });
  if (length < 0) {
    if (errno == ESRCH) return false;
    return LastError("read /proc/self/task/*/syscall");
  }
  text[length] = '\0';
  *state = ParseState(tid, text);
  return true;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

}  // namespace

Result<std::vector<ThreadState>> ListOtherThreads() {
  const std::unique_ptr<DIR, CloseDirectory> tasks(opendir("/proc/self/task"));
  if (tasks == nullptr) return LastError("opendir /proc/self/task");
  const pid_t self = static_cast<pid_t>(syscall(SYS_gettid));
  std::vector<ThreadState> threads;
  while (const dirent* entry = readdir(tasks.get())) {
    const pid_t tid = static_cast<pid_t>(std::atoi(entry->d_name));
    if (tid <= 0 || tid == self) continue;
    ThreadState state;
    const Result<bool> alive = ReadState(tid, &state);
    if (!alive.ok()) return alive.error();
    if (alive.value()) threads.push_back(state);
  }
  return threads;
}

Result<QuietThreads> WaitForQuietThreads(std::chrono::milliseconds limit) {
  const Deadline deadline = Deadline::After(limit);
  while (true) {
    Result<std::vector<ThreadState>> threads = ListOtherThreads();
    if (!threads.ok()) return threads.error();
    const auto busy = std::count_if(threads.value().begin(), threads.value().end(),
                                    [](const ThreadState& thread) { return !thread.parked; });
    if (busy == 0 || deadline.Passed()) {
      return QuietThreads{std::move(threads.value()), static_cast<int>(busy)};
    }
    // Gives the CPU away: the helpers may need this very one to finish.
    std::this_thread::sleep_for(kPollInterval);
  }
}

}  // namespace mp::os
