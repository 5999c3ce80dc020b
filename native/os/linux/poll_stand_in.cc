#include "os/poll_stand_in.h"

#include <sys/epoll.h>

namespace mp::os {

// An epoll instance is both: it can be watched itself, and knows what can be watched.
Result<UniqueFd> CreatePollStandIn(int fd) {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return LastError("epoll_create1");
  epoll_event event{};
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) return LastError("epoll_ctl");
  return epoll;
}

}  // namespace mp::os
