// Stream sockets at addresses that a user names.

#include "os/stream_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "open_fds.h"
#include "os/local_socket.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;

namespace {

os::SocketAddress Require(os::Result<os::SocketAddress> address) {
  REQUIRE(address.ok());
  return address.value();
}

os::SocketAddress Localhost(int family) {
  return Require(os::InternetAddress(family == AF_INET6 ? "::1" : "127.0.0.1", 0, family));
}

std::string PathOf(const char* name) {
  return "/tmp/mp-native-" + std::to_string(getpid()) + "-" + name;
}

int OptionOf(int fd, int level, int option) {
  int value = 0;
  socklen_t size = sizeof(value);
  getsockopt(fd, level, option, &value, &size);
  return value;
}

void AwaitWritable(int fd) {
  pollfd waiting{fd, POLLOUT, 0};
  REQUIRE(poll(&waiting, 1, -1) == 1);
}

// Both directions work, and both ends are as every other connection.
void CheckConnects(const os::SocketAddress& at) {
  auto listener = os::ListenAt(at, 8);
  REQUIRE(listener.ok());
  const os::SocketAddress address = Require(os::OwnAddressOf(listener.value().get()));
  auto client = os::StartConnecting(address);
  REQUIRE(client.ok());
  AwaitWritable(client.value().get());
  REQUIRE(os::FinishConnecting(client.value().get()) == 0);
  const os::UniqueFd server(os::Accept(listener.value().get()));
  REQUIRE(server.valid());
  for (const int fd : {client.value().get(), server.get()}) {
    CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0);
    CHECK(mp::test::IsCloseOnExec(fd));
    const bool is_local = at.family() == AF_UNIX;
    CHECK(OptionOf(fd, IPPROTO_TCP, TCP_NODELAY) == (is_local ? 0 : 1));
    CHECK(OptionOf(fd, SOL_SOCKET, SO_KEEPALIVE) == (is_local ? 0 : 1));
  }
  CHECK((mp::test::WriteByte(server.get()) && mp::test::ReadByte(client.value().get())));
  CHECK((mp::test::WriteByte(client.value().get()) && mp::test::ReadByte(server.get())));
}

}  // namespace

TEST_CASE("sockets listen and connect at a path, an abstract name, IPv4 and IPv6") {
  const std::string path = PathOf("path");
  CheckConnects(Require(os::LocalAddress(path)));
  unlink(path.c_str());
  CheckConnects(Require(os::LocalAddress(std::string(1, '\0') + path)));
  CheckConnects(Localhost(AF_INET));
  CheckConnects(Localhost(AF_INET6));
}

TEST_CASE("a path or name that is too long, and a path with a NUL, are errors") {
  CHECK(os::LocalAddress(std::string(107, 'x')).ok());
  CHECK(os::LocalAddress(std::string(108, 'x')).error().errnum == ENAMETOOLONG);
  CHECK(os::LocalAddress('\0' + std::string(107, 'x')).ok());
  CHECK(os::LocalAddress('\0' + std::string(108, 'x')).error().errnum == ENAMETOOLONG);
  CHECK(os::LocalAddress(std::string("a\0b", 3)).error().errnum == EINVAL);
}

TEST_CASE("an internet address is described by numbers") {
  const auto address = Require(os::InternetAddress("::1", 80, AF_INET6));
  const auto described = os::Describe(address);
  REQUIRE(described.ok());
  CHECK(described.value().host == "::1");
  CHECK(described.value().port == 80);
  const auto any = os::Describe(Require(os::InternetAddress("", 0, AF_INET)));
  REQUIRE(any.ok());
  CHECK(any.value().host == "0.0.0.0");
}

TEST_CASE("a host that does not exist, or not in this family, is ENOENT") {
  CHECK(os::InternetAddress("256.0.0.1.invalid", 1, AF_INET).error().errnum == ENOENT);
  CHECK(os::InternetAddress("::1", 1, AF_INET).error().errnum == ENOENT);
}

TEST_CASE("an address in use is EADDRINUSE, and a directory that is not there ENOENT") {
  const auto first = os::ListenAt(Localhost(AF_INET), 8);
  REQUIRE(first.ok());
  const auto taken = Require(os::OwnAddressOf(first.value().get()));
  CHECK(os::ListenAt(taken, 8).error().errnum == EADDRINUSE);
  const auto nowhere = Require(os::LocalAddress("/no/such/directory/socket"));
  CHECK(os::ListenAt(nowhere, 8).error().errnum == ENOENT);
}

TEST_CASE("nobody listens: ECONNREFUSED, at once or when the connection is finished") {
  const auto address = [] {
    const auto listener = os::ListenAt(Localhost(AF_INET), 8);
    REQUIRE(listener.ok());
    return Require(os::OwnAddressOf(listener.value().get()));
  }();
  auto client = os::StartConnecting(address);
  if (!client.ok()) {
    CHECK(client.error().errnum == ECONNREFUSED);
    return;
  }
  AwaitWritable(client.value().get());
  CHECK(os::FinishConnecting(client.value().get()) == -ECONNREFUSED);
}

TEST_CASE("each end knows the address of the other") {
  const auto listener = os::ListenAt(Localhost(AF_INET), 8);
  REQUIRE(listener.ok());
  auto client = os::StartConnecting(Require(os::OwnAddressOf(listener.value().get())));
  REQUIRE(client.ok());
  AwaitWritable(client.value().get());
  const os::UniqueFd server(os::Accept(listener.value().get()));
  const auto there = os::Describe(Require(os::PeerAddressOf(server.get())));
  const auto here = os::Describe(Require(os::OwnAddressOf(client.value().get())));
  CHECK(there.value().port == here.value().port);
  CHECK(os::PeerAddressOf(listener.value().get()).error().errnum == ENOTCONN);
}
