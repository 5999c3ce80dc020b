#pragma once

#include <sys/socket.h>

#include <string>

#include "os/result.h"

namespace mp::os {

// Where a stream socket is, or shall be: a path or an abstract name on this machine, or a host and
// a port.
struct SocketAddress {
  sockaddr_storage storage;
  socklen_t size;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// A path; or, with a NUL in front, an abstract name, which is no file. ENAMETOOLONG, and EINVAL for
// a NUL inside a path.
Result<SocketAddress> LocalAddress(const std::string& name);

// `host` is a number or a name, which is looked up at once; "" is any address of this machine.
// `family` is AF_INET or AF_INET6. ENOENT when there is no such host of this family.
Result<SocketAddress> InternetAddress(const std::string& host, int port, int family);

// What a person reads of an internet address.
struct HostAndPort {
  std::string host;
  int port;
};

Result<HostAndPort> Describe(const SocketAddress& address);

}  // namespace mp::os
