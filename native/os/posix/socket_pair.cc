#include "os/socket_pair.h"

#include <sys/socket.h>

namespace mp::os {
namespace {

// About twice what a socket has by default, as far as net.core.wmem_max allows: a message of a
// megabyte then costs a third less. It is used only while the reader is behind.
constexpr int kSendBufferSize = 425984;

void EnlargeSendBuffer(int fd) {
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBufferSize, sizeof(kSendBufferSize));
}

}  // namespace

Result<SocketPair> CreateSocketPair(Direction direction) {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return LastError("socketpair");
  SocketPair pair{UniqueFd(fds[0]), UniqueFd(fds[1])};
  for (const int fd : fds) EnlargeSendBuffer(fd);
  if (direction == Direction::kBoth) return pair;
  if (shutdown(fds[0], SHUT_WR) != 0 || shutdown(fds[1], SHUT_RD) != 0)
    return LastError("shutdown");
  return pair;
}

Result<UniqueFd> CreateSilentSocket() {
  UniqueFd silent(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!silent.valid()) return LastError("socket");
  return silent;
}

}  // namespace mp::os
