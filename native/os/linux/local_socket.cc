#include "os/local_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "os/random.h"
#include "os/stream_socket.h"

namespace mp::os {
namespace {

constexpr char kPrefix[] = "node-multiprocessing-";
constexpr size_t kRandomBytes = 16;

// As LocalAddress() has it.
std::string AbstractName(const std::string& address) { return std::string(1, '\0') + address; }

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
  const Result<SocketAddress> name = LocalAddress(AbstractName(address.value()));
  if (!name.ok()) return name.error();
  Result<UniqueFd> fd = ListenAt(name.value(), SOMAXCONN);
  if (!fd.ok()) return fd.error();
  return Listener{std::move(fd.value()), std::move(address.value())};
}

int Accept(int listener) {
  int fd;
  do {
    fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  } while (fd < 0 && IsTransient(errno));
  return fd < 0 ? -errno : fd;
}

int Connect(const std::string& address) {
  const Result<SocketAddress> name = LocalAddress(AbstractName(address));
  if (!name.ok()) return -name.error().errnum;
  Result<UniqueFd> fd = StartConnecting(name.value());
  if (!fd.ok()) return -fd.error().errnum;
  // Done or refused at once: a local connection is never in progress.
  const int status = FinishConnecting(fd.value().get());
  return status < 0 ? status : fd.value().release();
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
