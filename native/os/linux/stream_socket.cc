#include "os/stream_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "os/retry.h"

namespace mp::os {
namespace {

Result<UniqueFd> CreateSocket(int family) {
  UniqueFd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return LastError("socket");
  return fd;
}

bool IsLocal(const SocketAddress& address) { return address.family() == AF_UNIX; }

// A peer that is gone without a word, as when a cable is cut, is asked after so many seconds of
// silence, and so often.
constexpr int kIdleSeconds = 20;
constexpr int kIntervalSeconds = 10;
constexpr int kProbes = 4;

void Set(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

// Connections inherit it from the socket that listens.
void PrepareTcp(int fd) {
  Set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  Set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  Set(fd, IPPROTO_TCP, TCP_KEEPIDLE, kIdleSeconds);
  Set(fd, IPPROTO_TCP, TCP_KEEPINTVL, kIntervalSeconds);
  Set(fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
}

using GetName = int (*)(int, sockaddr*, socklen_t*);

Result<SocketAddress> ReadAddress(int socket, GetName get_name, const char* syscall) {
  SocketAddress address{};
  address.size = sizeof(address.storage);
  if (get_name(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0) {
    return LastError(syscall);
  }
  return address;
}

}  // namespace

Result<UniqueFd> ListenAt(const SocketAddress& address, int backlog) {
  Result<UniqueFd> created = CreateSocket(address.family());
  if (!created.ok()) return created;
  const int fd = created.value().get();
  if (!IsLocal(address)) {
    Set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    PrepareTcp(fd);
  }
  if (bind(fd, address.get(), address.size) != 0) return LastError("bind");
  if (listen(fd, backlog) != 0) return LastError("listen");
  return created;
}

Result<UniqueFd> StartConnecting(const SocketAddress& address) {
  Result<UniqueFd> created = CreateSocket(address.family());
  if (!created.ok()) return created;
  const int fd = created.value().get();
  if (!IsLocal(address)) PrepareTcp(fd);
  const int status = RetryOnEintr([&] { return connect(fd, address.get(), address.size); });
  if (status != 0 && errno != EINPROGRESS) return LastError("connect");
  return created;
}

int FinishConnecting(int socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return -errno;
  if (error != 0) return -error;
  return fcntl(socket, F_SETFL, O_RDWR) == 0 ? 0 : -errno;
}

void LimitSilence(int socket, int milliseconds) {
  // Three attempts, as far as whole seconds allow.
  const int seconds = std::max(1, milliseconds / 3000);
  Set(socket, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  Set(socket, IPPROTO_TCP, TCP_KEEPINTVL, seconds);
  Set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds);
}

Result<SocketAddress> OwnAddressOf(int socket) {
  return ReadAddress(socket, getsockname, "getsockname");
}

Result<SocketAddress> PeerAddressOf(int socket) {
  return ReadAddress(socket, getpeername, "getpeername");
}

}  // namespace mp::os
