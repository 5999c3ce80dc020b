// Frames, descriptors and locks over socket pairs.

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <vector>

#include "child.h"
#include "open_fds.h"
#include "os/frame.h"
#include "os/frame_io.h"
#include "os/record_lock.h"
#include "os/socket_fds.h"
#include "os/socket_pair.h"
#include "os/wait_ready.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;

namespace {

using Bytes = std::vector<uint8_t>;

struct Pair {
  Pair(os::Direction direction = os::Direction::kBoth) {
    os::Result<os::SocketPair> pair = os::CreateSocketPair(direction);
    REQUIRE(pair.ok());
    sockets = std::move(pair.value());
  }
  int first() const { return sockets.first.get(); }
  int second() const { return sockets.second.get(); }

  os::SocketPair sockets;
};

struct Received {
  int64_t outcome;
  os::PartialFrame partial;
  Bytes slab;
  int fds[os::kMaxFds];
};

// Not returned by value: partial.fds points into it.
void ReceiveTo(int fd, Received* received, size_t capacity = 4096) {
  received->slab.assign(capacity, 0);
  received->partial = {0, 0, received->fds};
  received->outcome = os::ReceiveFrame(fd, received->slab.data(), capacity, &received->partial);
}

int64_t Send(int fd, const Bytes& body) { return os::SendFrame(fd, {body.data(), body.size()}); }

void WriteRaw(int fd, const Bytes& bytes) {
  REQUIRE(send(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
}

ino_t InodeOf(int fd) {
  struct stat info;
  REQUIRE(fstat(fd, &info) == 0);
  return info.st_ino;
}

}  // namespace

TEST_CASE("a header is short up to 0x7fffffff bytes and long above") {
  const os::FrameHeader short_header = os::MakeFrameHeader(0x7fffffff);
  REQUIRE(short_header.size == 4);
  CHECK(os::ParseShortHeader(short_header.bytes) == 0x7fffffff);

  const os::FrameHeader long_header = os::MakeFrameHeader(0x180000000);
  REQUIRE(long_header.size == 12);
  CHECK(os::ParseShortHeader(long_header.bytes) == -1);
  const Bytes expected{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0x80, 0, 0, 0};
  CHECK(Bytes(long_header.bytes, long_header.bytes + 12) == expected);
}

TEST_CASE("a frame goes through whole") {
  Pair pair;
  const Bytes body{'h', 'e', 'l', 'l', 'o'};
  CHECK(Send(pair.first(), body) == 9);
  Received received;
  ReceiveTo(pair.second(), &received);
  CHECK(received.outcome == 5);
  CHECK(std::memcmp(received.slab.data() + 4, "hello", 5) == 0);
  ReceiveTo(pair.second(), &received);
  CHECK(received.outcome == -EAGAIN);
}

TEST_CASE("an empty frame is a frame, and an end of file is none") {
  Pair pair;
  CHECK(Send(pair.first(), {}) == 4);
  pair.sockets.first.reset();
  Received received;
  ReceiveTo(pair.second(), &received);
  CHECK(received.outcome == 0);
  ReceiveTo(pair.second(), &received);
  CHECK(received.outcome == os::kPartialFrame);
  CHECK(received.partial.bytes == 0);
}

TEST_CASE("what is not there in whole is described, and not a byte more is read") {
  Pair pair;
  Received received;
  SECTION("a piece of the header") {
    WriteRaw(pair.first(), {0, 0});
    ReceiveTo(pair.second(), &received);
    CHECK(received.partial.bytes == 2);
  }
  SECTION("a piece of the body") {
    WriteRaw(pair.first(), {0, 0, 0, 9, 1, 2});
    ReceiveTo(pair.second(), &received);
    CHECK(received.partial.bytes == 6);
  }
  SECTION("a body larger than the slab") {
    WriteRaw(pair.first(), {0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    ReceiveTo(pair.second(), &received, 12);
    CHECK(received.partial.bytes == 4);
  }
  SECTION("a long header") {
    WriteRaw(pair.first(), {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 7});
    ReceiveTo(pair.second(), &received);
    CHECK(received.partial.bytes == 4);
  }
  CHECK(received.outcome == os::kPartialFrame);
  CHECK(received.partial.fd_count == 0);
}

TEST_CASE("a frame that does not fit is sent piece by piece") {
  Pair pair;
  Bytes body(3 << 20);
  for (size_t i = 0; i < body.size(); i++) body[i] = static_cast<uint8_t>(i * 31);
  Bytes wire;
  os::OutgoingFrame frame{body.data(), body.size()};
  while (frame.position < os::FrameSize(frame)) {
    const int64_t sent = os::SendFrame(pair.first(), frame);
    REQUIRE(sent > 0);
    frame.position += sent;
    Bytes piece(1 << 20);
    const int64_t got = os::Receive(pair.second(), piece.data(), piece.size());
    REQUIRE(got > 0);
    wire.insert(wire.end(), piece.begin(), piece.begin() + got);
  }
  while (wire.size() < os::FrameSize(frame)) {
    Bytes piece(1 << 20);
    const int64_t got = os::Receive(pair.second(), piece.data(), piece.size());
    REQUIRE(got > 0);
    wire.insert(wire.end(), piece.begin(), piece.begin() + got);
  }
  CHECK(std::equal(body.begin(), body.end(), wire.begin() + 4));
}

TEST_CASE("a frame of the atomic size is sent whole or not at all") {
  Pair pair;
  const Bytes body(os::kAtomicFrameSize - os::kShortHeaderSize);
  int64_t sent = 0;
  int count = 0;
  while ((sent = Send(pair.first(), body)) > 0) {
    REQUIRE(sent == static_cast<int64_t>(os::kAtomicFrameSize));
    count++;
  }
  CHECK(sent == -EAGAIN);
  CHECK(count > 1);
}

TEST_CASE("writing to a closed end is EPIPE, and no signal") {
  Pair pair;
  pair.sockets.second.reset();
  CHECK(Send(pair.first(), {1}) == -EPIPE);
}

TEST_CASE("descriptors travel with a frame, and are CLOEXEC") {
  Pair pair;
  Pair cargo;
  const int fds[] = {cargo.first(), cargo.second()};
  const uint8_t body[] = {1, 2, 3};
  CHECK(os::SendFrame(pair.first(), {body, 3, 0, fds, 2}) == 7);
  Received received;
  ReceiveTo(pair.second(), &received);
  CHECK(received.outcome == os::kPartialFrame);
  CHECK(received.partial.bytes == 4);
  REQUIRE(received.partial.fd_count == 2);
  for (int i = 0; i < 2; i++) {
    CHECK(received.fds[i] != fds[i]);
    CHECK(InodeOf(received.fds[i]) == InodeOf(fds[i]));
    CHECK(mp::test::IsCloseOnExec(received.fds[i]));
    close(received.fds[i]);
  }
}

TEST_CASE("as many descriptors as the kernel takes travel with one frame") {
  Pair pair;
  const std::vector<int> fds(os::kMaxFds, pair.first());
  const uint8_t body[] = {1};
  CHECK(os::SendFrame(pair.first(), {body, 1, 0, fds.data(), fds.size()}) == 5);
  Received received;
  ReceiveTo(pair.second(), &received);
  CHECK(received.partial.fd_count == static_cast<int>(os::kMaxFds));
  for (size_t i = 0; i < os::kMaxFds; i++) close(received.fds[i]);
}

TEST_CASE("a process out of descriptors is told, keeps none, and reads on") {
  Pair pair;
  const int fds[] = {pair.first(), pair.first(), pair.first()};
  const uint8_t body[] = {1};
  REQUIRE(os::SendFrame(pair.first(), {body, 1, 0, fds, 3}) == 5);
  const int exit_code = InChild([&] {
    const int lowest_free = dup(0);
    close(lowest_free);
    // Room for one more.
    const rlimit limit{static_cast<rlim_t>(lowest_free) + 1, static_cast<rlim_t>(lowest_free) + 1};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
    Received received;
    ReceiveTo(pair.second(), &received);
    if (received.outcome != os::kPartialFrame || received.partial.fd_count != -1) return 2;
    if (dup(0) != lowest_free) return 3;
    uint8_t rest[8];
    return os::Receive(pair.second(), rest, 8) == 1 ? 0 : 4;
  });
  CHECK(exit_code == 0);
}

TEST_CASE("a pair in one direction ends when its only writer is closed") {
  Pair pair(os::Direction::kSecondToFirst);
  CHECK(Send(pair.first(), {1}) == -EPIPE);
  CHECK(Send(pair.second(), {1}) == 5);
  CHECK(mp::test::IsCloseOnExec(pair.first()));
  CHECK((fcntl(pair.first(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("WaitReady tells what holds") {
  Pair pair;
  CHECK(os::WaitReady(pair.first(), os::kReadable, 0) == 0);
  CHECK(os::WaitReady(pair.first(), os::kReadable | os::kWritable, 0) == os::kWritable);
  CHECK(Send(pair.second(), {1}) == 5);
  CHECK(os::WaitReady(pair.first(), os::kReadable, -1) == os::kReadable);
  pair.sockets.second.reset();
  CHECK(os::WaitReady(pair.first(), os::kReadable, -1) == os::kReadable);
  CHECK(os::WaitReady(-1, 0, 0) == 0);
}

TEST_CASE("WaitReady gives way to a signal") {
  Pair pair;
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  struct sigaction before;
  REQUIRE(sigaction(SIGALRM, &action, &before) == 0);
  const itimerval soon{{0, 1000}, {0, 1000}};
  const itimerval never{};
  REQUIRE(setitimer(ITIMER_REAL, &soon, nullptr) == 0);
  CHECK(os::WaitReady(pair.first(), os::kReadable, -1) == -EINTR);
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
}

TEST_CASE("spinning ends when its time is up, or with a frame") {
  Pair pair;
  Received received;
  received.slab.assign(64, 0);
  received.partial = {0, 0, received.fds};
  int spun_us = 0;
  CHECK(os::SpinForFrame(pair.first(), received.slab.data(), 64, &received.partial, 20, true,
                         &spun_us) == -EAGAIN);
  CHECK(spun_us >= 20);
  CHECK(Send(pair.second(), {1, 2}) == 6);
  CHECK(os::SpinForFrame(pair.first(), received.slab.data(), 64, &received.partial, 20, true,
                         &spun_us) == 2);
}

TEST_CASE("the lock of an end excludes other processes, not the other end") {
  Pair pair;
  REQUIRE(os::TryLockEnd(pair.first()).value());
  CHECK(InChild([&] {
          if (os::TryLockEnd(pair.first()).value()) return 1;
          return os::TryLockEnd(pair.second()).value() ? 0 : 2;
        }) == 0);
  os::UnlockEnd(pair.first());
  // The holder dies, its lock goes.
  CHECK(InChild([&] {
          if (!os::TryLockEnd(pair.first()).value()) return 1;
          raise(SIGKILL);
          return 2;
        }) == -SIGKILL);
  CHECK(os::TryLockEnd(pair.first()).value());
}

TEST_CASE("a frame waits for the one that another process is sending") {
  Pair pair;
  REQUIRE(os::TryLockEnd(pair.first()).value());
  const int exit_code = InChild([&] {
    const uint8_t body[] = {1};
    return os::SendFrameOnSharedEnd(pair.first(), {body, 1}) == -EBUSY ? 0 : 1;
  });
  CHECK(exit_code == 0);
  CHECK(os::WaitReady(pair.second(), os::kReadable, 0) == 0);
}

TEST_CASE("an end in use by nobody else is locked and unlocked again") {
  Pair pair;
  const uint8_t body[] = {1};
  CHECK(os::SendFrameOnSharedEnd(pair.first(), {body, 1}) == 5);
  const Bytes large(2 << 20);
  os::OutgoingFrame frame{large.data(), large.size()};
  while (frame.position < os::FrameSize(frame)) {
    const int64_t sent = os::SendFrameOnSharedEnd(pair.first(), frame);
    REQUIRE(sent > 0);
    frame.position += sent;
    Bytes piece(4 << 20);
    REQUIRE(os::Receive(pair.second(), piece.data(), piece.size()) > 0);
  }
  CHECK(!os::IsFrameOpen(pair.first()));
  CHECK(InChild([&] { return os::TryLockEnd(pair.first()).value() ? 0 : 1; }) == 0);
}

TEST_CASE("a death in the middle of a frame is noticed by the next sender") {
  Pair pair;
  const Bytes large(2 << 20);
  CHECK(InChild([&] {
          os::SendFrameOnSharedEnd(pair.first(), {large.data(), large.size()});
          raise(SIGKILL);
          return 0;
        }) == -SIGKILL);
  const uint8_t body[] = {1};
  CHECK(os::SendFrameOnSharedEnd(pair.first(), {body, 1}) == -EOWNERDEAD);
  CHECK(os::SendFrame(pair.first(), {body, 1}) == -EPIPE);
  // The reader gets what came, and then the end.
  Bytes piece(4 << 20);
  CHECK(os::Receive(pair.second(), piece.data(), piece.size()) > 0);
  CHECK(os::Receive(pair.second(), piece.data(), piece.size()) == 0);
}

TEST_CASE("nothing ever happens on a silent socket") {
  const auto silent = os::CreateSilentSocket();
  REQUIRE(silent.ok());
  CHECK(mp::test::IsCloseOnExec(silent.value().get()));
  pollfd entry{silent.value().get(), POLLIN, 0};
  CHECK(poll(&entry, 1, 0) == 0);
}
