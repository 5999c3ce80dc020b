#include "os/socket_pair.h"

#include <sys/socket.h>

namespace mp::os {

Result<SocketPair> CreateSocketPair(Direction direction) {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return LastError("socketpair");
  SocketPair pair{UniqueFd(fds[0]), UniqueFd(fds[1])};
  if (direction == Direction::kBoth) return pair;
  if (shutdown(fds[0], SHUT_WR) != 0 || shutdown(fds[1], SHUT_RD) != 0)
    return LastError("shutdown");
  return pair;
}

}  // namespace mp::os
