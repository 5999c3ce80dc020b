#include "os/socket_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace mp::os {
namespace {

constexpr size_t kMaxPathLength = sizeof(sockaddr_un::sun_path) - 1;

SysError LookupError(int status, const char* syscall) {
  if (status == EAI_SYSTEM) return LastError(syscall);
  return SysError{status == EAI_MEMORY ? ENOMEM : ENOENT, syscall};
}

}  // namespace

Result<SocketAddress> LocalAddress(const std::string& name) {
  const bool is_abstract = !name.empty() && name.front() == '\0';
  if (name.size() > kMaxPathLength + (is_abstract ? 1 : 0)) {
    return SysError{ENAMETOOLONG, "bind"};
  }
  if (!is_abstract && name.find('\0') != std::string::npos) return SysError{EINVAL, "bind"};
  SocketAddress result{};
  auto* local = reinterpret_cast<sockaddr_un*>(&result.storage);
  local->sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), local->sun_path);
  // A path ends with a NUL, an abstract name with the size of the address.
  result.size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0 : 1));
  return result;
}

Result<SocketAddress> InternetAddress(const std::string& host, int port, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  const char* node = host.empty() ? nullptr : host.c_str();
  const int status = getaddrinfo(node, service.c_str(), &hints, &found);
  if (status != 0) return LookupError(status, "getaddrinfo");
  SocketAddress result{};
  result.size = found->ai_addrlen;
  std::memcpy(&result.storage, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return result;
}

Result<HostAndPort> Describe(const SocketAddress& address) {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  const int status = getnameinfo(address.get(), address.size, host, sizeof(host), port,
                                 sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
  if (status != 0) return LookupError(status, "getnameinfo");
  return HostAndPort{host, std::atoi(port)};
}

}  // namespace mp::os
