#include "os/descriptors.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "os/retry.h"
#include "os/unique_fd.h"

namespace mp::os {

Result<void> WriteAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = RetryOnEintr([&] { return ::write(fd, data, size); });
    if (written >= 0) {
      data += written;
      size -= static_cast<size_t>(written);
      continue;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) return LastError("write");
    pollfd writable{fd, POLLOUT, 0};
    if (RetryOnEintr([&] { return ::poll(&writable, 1, -1); }) < 0) return LastError("poll");
  }
  return {};
}

Result<void> DetachStandardInput() {
  UniqueFd null(RetryOnEintr([] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }));
  if (!null.valid()) return LastError("open /dev/null");
  // Standard input was closed, and this has taken its place.
  if (null.get() == STDIN_FILENO) {
    if (fcntl(null.release(), F_SETFD, 0) < 0) return LastError("fcntl");
    return {};
  }
  if (RetryOnEintr([&] { return ::dup2(null.get(), STDIN_FILENO); }) < 0) return LastError("dup2");
  return {};
}

}  // namespace mp::os
