#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "os/result.h"

namespace mp::os {

// What the other threads of this process are doing, as the kernel sees them.

struct ThreadState {
  pid_t tid;
  // Inside a system call that only waits: the thread holds no lock of the C library or of V8.
  bool parked;
  // The word it waits on, when that system call is futex; else 0.
  uintptr_t futex;
  // The epoll instance it waits on, as in an event loop; else -1.
  int epoll = -1;
  // Where its stack has grown to.
  uintptr_t stack_pointer = 0;
};

// Every thread but the calling one, the oldest first: the kernel lists them in this order. Their
// ids begin anew some time.
Result<std::vector<ThreadState>> ListOtherThreads();

struct QuietThreads {
  std::vector<ThreadState> threads;
  // How many were still running when the time was up.
  int busy;
};

// Waits until every other thread is parked, at most for `limit`. The caller stands still meanwhile,
// so the engine's helpers finish what they have and park; a thread that never does (a worker_thread
// in a busy loop) is the residual risk of forking any multi-threaded process.
Result<QuietThreads> WaitForQuietThreads(std::chrono::milliseconds limit);

}  // namespace mp::os
