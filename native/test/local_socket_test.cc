// Sockets that processes find each other by.

#include "os/local_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <vector>

#include "child.h"
#include "open_fds.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;

namespace {

os::Listener Listen() {
  auto listener = os::ListenOnRandomAddress();
  REQUIRE(listener.ok());
  return std::move(listener.value());
}

bool Blocks(int fd) { return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0; }

bool Carries(int from, int to) { return mp::test::WriteByte(from) && mp::test::ReadByte(to); }

}  // namespace

TEST_CASE("a connection is accepted, and carries bytes in both directions") {
  const os::Listener listener = Listen();
  const os::UniqueFd client(os::Connect(listener.address));
  REQUIRE(client.valid());
  const os::UniqueFd server(os::Accept(listener.fd.get()));
  REQUIRE(server.valid());
  CHECK(Carries(client.get(), server.get()));
  CHECK(Carries(server.get(), client.get()));
  for (const int fd : {listener.fd.get(), client.get(), server.get()}) {
    CHECK(mp::test::IsCloseOnExec(fd));
  }
  CHECK(Blocks(client.get()));
  CHECK(Blocks(server.get()));
}

TEST_CASE("nobody waits to be accepted: EAGAIN") {
  CHECK(os::Accept(Listen().fd.get()) == -EAGAIN);
}

TEST_CASE("an address is 128 random bits, and no two are the same") {
  const os::Listener one = Listen();
  const os::Listener other = Listen();
  const std::string prefix = "node-multiprocessing-";
  REQUIRE(one.address.substr(0, prefix.size()) == prefix);
  const std::string random = one.address.substr(prefix.size());
  CHECK(random.size() == 32);
  CHECK(random.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(one.address != other.address);
}

TEST_CASE("an address that nobody listens on any more is ECONNREFUSED") {
  std::string address = Listen().address;
  CHECK(os::Connect(address) == -ECONNREFUSED);
  CHECK(os::Connect("node-multiprocessing-nobody") == -ECONNREFUSED);
}

TEST_CASE("an address that is too long is ENAMETOOLONG") {
  CHECK(os::Connect(std::string(107, 'x')) == -ECONNREFUSED);
  CHECK(os::Connect(std::string(108, 'x')) == -ENAMETOOLONG);
}

TEST_CASE("with a full backlog, to connect is EAGAIN, and works again after an accept") {
  const os::Listener listener = Listen();
  REQUIRE(listen(listener.fd.get(), 1) == 0);
  std::vector<os::UniqueFd> clients;
  int status = 0;
  while (clients.size() < 10) {
    status = os::Connect(listener.address);
    if (status < 0) break;
    clients.emplace_back(status);
  }
  CHECK(status == -EAGAIN);
  REQUIRE(!clients.empty());
  const os::UniqueFd server(os::Accept(listener.fd.get()));
  const os::UniqueFd next(os::Connect(listener.address));
  CHECK(next.valid());
}

TEST_CASE("a connection that its client has closed already is accepted, at its end of file") {
  const os::Listener listener = Listen();
  os::UniqueFd(os::Connect(listener.address)).reset();
  const os::UniqueFd server(os::Accept(listener.fd.get()));
  REQUIRE(server.valid());
  CHECK(!mp::test::ReadByte(server.get()));
}

TEST_CASE("out of descriptors, to accept is EMFILE, and the connection waits on") {
  CHECK(InChild([] {
          const os::Listener listener = Listen();
          const os::UniqueFd client(os::Connect(listener.address));
          rlimit before;
          getrlimit(RLIMIT_NOFILE, &before);
          const rlimit none{0, before.rlim_max};
          setrlimit(RLIMIT_NOFILE, &none);
          if (os::Accept(listener.fd.get()) != -EMFILE) return 1;
          if (os::Connect(listener.address) != -EMFILE) return 2;
          setrlimit(RLIMIT_NOFILE, &before);
          const os::UniqueFd server(os::Accept(listener.fd.get()));
          return server.valid() ? 0 : 3;
        }) == 0);
}

TEST_CASE("what is no listening socket is an error") {
  CHECK(os::Accept(-1) == -EBADF);
  const mp::test::Pipe pipe;
  CHECK(os::Accept(pipe.reader.get()) == -ENOTSOCK);
}

TEST_CASE("each end learns which process the other one is") {
  const os::Listener listener = Listen();
  mp::test::Pipe done;
  const pid_t child = mp::test::StartChild([&] {
    done.writer.reset();
    const os::UniqueFd client(os::Connect(listener.address));
    const auto peer = os::ReadPeerCredentials(client.get());
    if (!peer.ok() || peer.value().pid != getppid()) return 1;
    mp::test::ReadByte(done.reader.get());
    return 0;
  });
  pollfd waiting{listener.fd.get(), POLLIN, 0};
  REQUIRE(poll(&waiting, 1, -1) == 1);
  const os::UniqueFd server(os::Accept(listener.fd.get()));
  const auto peer = os::ReadPeerCredentials(server.get());
  REQUIRE(peer.ok());
  CHECK(peer.value().pid == child);
  CHECK(peer.value().uid == geteuid());
  CHECK(peer.value().gid == getegid());
  done.writer.reset();
  CHECK(mp::test::ExitCodeOf(child) == 0);
}

TEST_CASE("a descriptor without a peer has no credentials") {
  const auto peer = os::ReadPeerCredentials(-1);
  REQUIRE(!peer.ok());
  CHECK(peer.error().errnum == EBADF);
}
