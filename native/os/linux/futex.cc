#include "os/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace mp::os {

// Not FUTEX_PRIVATE_FLAG: the sleepers are in other processes, too.

int FutexWait(std::atomic<uint32_t>* word, uint32_t expected, int timeout_ms) {
  const timespec timeout{timeout_ms / 1000, (timeout_ms % 1000) * 1000000L};
  if (syscall(SYS_futex, word, FUTEX_WAIT, expected, &timeout, nullptr, 0) == 0) return 0;
  return errno == EAGAIN ? 0 : -errno;
}

int FutexWake(std::atomic<uint32_t>* word, int count) {
  const long woken = syscall(SYS_futex, word, FUTEX_WAKE, count, nullptr, nullptr, 0);
  return woken < 0 ? 0 : static_cast<int>(woken);
}

}  // namespace mp::os
