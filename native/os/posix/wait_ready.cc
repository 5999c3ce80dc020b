#include "os/wait_ready.h"

#include <poll.h>

#include <cerrno>

namespace mp::os {

int WaitReady(int fd, int events, int timeout_ms) {
  pollfd entry{};
  entry.fd = fd;
  if (events & kReadable) entry.events |= POLLIN;
  if (events & kWritable) entry.events |= POLLOUT;
  const int count = poll(&entry, 1, timeout_ms);
  if (count < 0) return -errno;
  if (count == 0) return 0;
  if (entry.revents & POLLNVAL) return -EBADF;
  if (entry.revents & (POLLERR | POLLHUP)) return events;
  return (entry.revents & POLLIN ? kReadable : 0) | (entry.revents & POLLOUT ? kWritable : 0);
}

}  // namespace mp::os
