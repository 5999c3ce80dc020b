#include "os/doorbell.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>

#include "os/random.h"
#include "os/retry.h"

namespace mp::os {
namespace {

constexpr char kPrefix[] = "node-multiprocessing-doorbell-";
constexpr size_t kPrefixSize = sizeof(kPrefix) - 1;

struct Address {
  sockaddr_un name{};
  socklen_t size;

  // An abstract name is what follows a NUL; it may hold any bytes.
  explicit Address(const DoorbellName& unique) {
    name.sun_family = AF_UNIX;
    char* end = std::copy(kPrefix, kPrefix + kPrefixSize, name.sun_path + 1);
    end = std::copy(unique.begin(), unique.end(), end);
    size = static_cast<socklen_t>(end - reinterpret_cast<char*>(&name));
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

}  // namespace

Result<Doorbell> InstallDoorbell() {
  Doorbell doorbell{UniqueFd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), {}};
  if (!doorbell.fd.valid()) return LastError("socket");
  const Result<void> filled = FillRandom(doorbell.name.data(), doorbell.name.size());
  if (!filled.ok()) return filled.error();
  const Address address(doorbell.name);
  if (bind(doorbell.fd.get(), address.get(), address.size) != 0) return LastError("bind");
  return doorbell;
}

bool RingDoorbell(int from, const DoorbellName& name) {
  const Address address(name);
  const char ring = 0;
  const ssize_t sent = RetryOnEintr([&] {
    return sendto(from, &ring, 1, MSG_DONTWAIT | MSG_NOSIGNAL, address.get(), address.size);
  });
  // EAGAIN: it was rung so often already that no more rings fit.
  return sent >= 0 || errno != ECONNREFUSED;
}

void SilenceDoorbell(int fd) {
  char rings[16];
  while (RetryOnEintr([&] { return recv(fd, rings, sizeof(rings), MSG_DONTWAIT); }) >= 0) {
  }
}

}  // namespace mp::os
