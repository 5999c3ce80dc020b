#include <sys/socket.h>

#include "os/record_lock.h"

namespace mp::os {

// The mark is the socket's SO_PRIORITY, which means nothing to an AF_UNIX socket and is the one
// word of state that all holders of the end share and that no dead process takes along.
constexpr int kOpen = 5;

void MarkFrameOpen(int fd, bool open) {
  const int value = open ? kOpen : 0;
  setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, sizeof(value));
}

bool IsFrameOpen(int fd) {
  int value = 0;
  socklen_t size = sizeof(value);
  return getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, &size) == 0 && value == kOpen;
}

}  // namespace mp::os
