#include "os/local_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "os/random.h"
#include "os/retry.h"

namespace mp::os {
namespace {

constexpr char kPrefix[] = "node-multiprocessing-";
constexpr size_t kRandomBytes = 16;

struct SocketAddress {
  sockaddr_un name;
  socklen_t size;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

constexpr size_t kMaxNameLength = sizeof(sockaddr_un::sun_path) - 1;

// An abstract name is what follows a NUL. It ends with the size of the address, not with a NUL.
SocketAddress ToSocketAddress(const std::string& address) {
  SocketAddress result{};
  result.name.sun_family = AF_UNIX;
  std::copy(address.begin(), address.end(), result.name.sun_path + 1);
  result.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + address.size());
  return result;
}

Result<std::string> MakeRandomAddress() {
  uint8_t bytes[kRandomBytes];
  const Result<void> filled = FillRandom(bytes, sizeof(bytes));
  if (!filled.ok()) return filled.error();
  constexpr char kDigits[] = "0123456789abcdef";
  std::string address = kPrefix;
  for (const uint8_t byte : bytes) {
    address += kDigits[byte >> 4];
    address += kDigits[byte & 15];
  }
  return address;
}

bool IsTransient(int errnum) { return errnum == EINTR || errnum == ECONNABORTED; }

}  // namespace

Result<Listener> ListenOnRandomAddress() {
  Result<std::string> address = MakeRandomAddress();
  if (!address.ok()) return address.error();
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return LastError("socket");
  const SocketAddress name = ToSocketAddress(address.value());
  if (bind(fd.get(), name.get(), name.size) != 0) return LastError("bind");
  if (listen(fd.get(), SOMAXCONN) != 0) return LastError("listen");
  return Listener{std::move(fd), std::move(address.value())};
}

int Accept(int listener) {
  int fd;
  do {
    fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  } while (fd < 0 && IsTransient(errno));
  return fd < 0 ? -errno : fd;
}

int Connect(const std::string& address) {
  if (address.size() > kMaxNameLength) return -ENAMETOOLONG;
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return -errno;
  const SocketAddress name = ToSocketAddress(address);
  // Done or refused at once: a local connection is never in progress.
  if (RetryOnEintr([&] { return connect(fd.get(), name.get(), name.size); }) != 0) return -errno;
  if (fcntl(fd.get(), F_SETFL, O_RDWR) != 0) return -errno;
  return fd.release();
}

Result<PeerCredentials> ReadPeerCredentials(int socket) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return LastError("getsockopt");
  }
  return PeerCredentials{credentials.pid, credentials.uid, credentials.gid};
}

}  // namespace mp::os
