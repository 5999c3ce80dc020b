// Output that must not be lost, and standard input.

#include "os/descriptors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

#include "child.h"
#include "open_fds.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;
using mp::test::Pipe;

namespace {

// Reads everything, a little at a time.
std::string ReadSlowly(int fd) {
  std::string text;
  char buffer[1000];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
    text.append(buffer, got);
    std::this_thread::yield();
  }
  return text;
}

bool IsNull(int fd) {
  struct stat one;
  struct stat null;
  return fstat(fd, &one) == 0 && stat("/dev/null", &null) == 0 && one.st_rdev == null.st_rdev;
}

}  // namespace

TEST_CASE("all is written, also to a slow reader of a non-blocking pipe") {
  for (const int flags : {0, O_NONBLOCK}) {
    Pipe pipe;
    REQUIRE(fcntl(pipe.writer.get(), F_SETFL, flags) == 0);
    // Several times what a pipe holds.
    std::string text(300'000, 'x');
    for (size_t i = 0; i < text.size(); i++) text[i] = static_cast<char>(i % 251);
    std::string received;
    std::thread reader([&] { received = ReadSlowly(pipe.reader.get()); });
    const auto written = os::WriteAll(pipe.writer.get(), text.data(), text.size());
    pipe.writer.reset();
    reader.join();
    CHECK(written.ok());
    CHECK(received == text);
  }
}

TEST_CASE("writing nothing does nothing") { CHECK(os::WriteAll(-1, nullptr, 0).ok()); }

TEST_CASE("a reader that goes while the pipe is full is EPIPE") {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before;
  sigaction(SIGPIPE, &ignore, &before);
  Pipe pipe;
  REQUIRE(fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK) == 0);
  const std::string text(300'000, 'x');
  std::thread reader([&] {
    mp::test::ReadByte(pipe.reader.get());
    pipe.reader.reset();
  });
  const auto written = os::WriteAll(pipe.writer.get(), text.data(), text.size());
  reader.join();
  REQUIRE(!written.ok());
  CHECK(written.error().errnum == EPIPE);
  sigaction(SIGPIPE, &before, nullptr);
}

TEST_CASE("a descriptor that is not open is EBADF") {
  const auto written = os::WriteAll(1000, "x", 1);
  REQUIRE(!written.ok());
  CHECK(written.error().errnum == EBADF);
}

TEST_CASE("a detached standard input is /dev/null, and survives an exec") {
  CHECK(InChild([] {
          Pipe pipe;
          if (dup2(pipe.reader.get(), STDIN_FILENO) != STDIN_FILENO) return 1;
          const auto fds = mp::test::OpenFds();
          if (!os::DetachStandardInput().ok()) return 2;
          if (mp::test::OpenFds() != fds) return 3;
          if (mp::test::IsCloseOnExec(STDIN_FILENO)) return 4;
          return IsNull(STDIN_FILENO) ? 0 : 5;
        }) == 0);
}

TEST_CASE("a standard input that was closed is /dev/null when detached") {
  CHECK(InChild([] {
          close(STDIN_FILENO);
          if (!os::DetachStandardInput().ok()) return 2;
          if (mp::test::IsCloseOnExec(STDIN_FILENO)) return 4;
          return IsNull(STDIN_FILENO) ? 0 : 5;
        }) == 0);
}

TEST_CASE("redirected output goes there, and the caller keeps its descriptors") {
  CHECK(InChild([] {
          Pipe out;
          Pipe err;
          if (!os::RedirectOutput(out.writer.get(), err.writer.get()).ok()) return 1;
          if (!mp::test::IsCloseOnExec(STDOUT_FILENO)) return 2;
          if (!mp::test::IsCloseOnExec(STDERR_FILENO)) return 3;
          char byte = 0;
          if (write(STDOUT_FILENO, "o", 1) != 1 || read(out.reader.get(), &byte, 1) != 1) return 4;
          if (byte != 'o') return 5;
          if (write(STDERR_FILENO, "e", 1) != 1 || read(err.reader.get(), &byte, 1) != 1) return 6;
          if (byte != 'e') return 7;
          return fcntl(out.writer.get(), F_GETFD) >= 0 ? 0 : 8;
        }) == 0);
}

TEST_CASE("standard output and standard error may change places") {
  CHECK(InChild([] {
          Pipe out;
          Pipe err;
          if (!os::RedirectOutput(out.writer.get(), err.writer.get()).ok()) return 1;
          const auto fds = mp::test::OpenFds();
          if (!os::RedirectOutput(STDERR_FILENO, STDOUT_FILENO).ok()) return 2;
          if (mp::test::OpenFds() != fds) return 3;
          char byte = 0;
          if (write(STDOUT_FILENO, "o", 1) != 1 || read(err.reader.get(), &byte, 1) != 1) return 4;
          return byte == 'o' ? 0 : 5;
        }) == 0);
}

TEST_CASE("output redirected to itself stays") {
  CHECK(InChild([] {
          Pipe out;
          if (!os::RedirectOutput(out.writer.get(), out.writer.get()).ok()) return 1;
          if (!os::RedirectOutput(STDOUT_FILENO, STDERR_FILENO).ok()) return 2;
          char byte = 0;
          if (write(STDERR_FILENO, "e", 1) != 1 || read(out.reader.get(), &byte, 1) != 1) return 3;
          return byte == 'e' ? 0 : 4;
        }) == 0);
}

TEST_CASE("output redirected to nothing is /dev/null, also when it was closed") {
  for (const bool closed : {false, true}) {
    CHECK(InChild([&] {
            if (closed) {
              close(STDIN_FILENO);
              close(STDOUT_FILENO);
              close(STDERR_FILENO);
            }
            auto expected = mp::test::OpenFds();
            expected.insert({STDOUT_FILENO, STDERR_FILENO});
            if (!os::RedirectOutput(-1, -1).ok()) return 1;
            if (mp::test::OpenFds() != expected) return 2;
            if (!mp::test::IsCloseOnExec(STDOUT_FILENO)) return 3;
            if (write(STDERR_FILENO, "e", 1) != 1) return 4;
            return IsNull(STDOUT_FILENO) && IsNull(STDERR_FILENO) ? 0 : 5;
          }) == 0);
  }
}

TEST_CASE("output redirected to what is not open is EBADF, and stays as it was") {
  CHECK(InChild([] {
          Pipe out;
          if (!os::RedirectOutput(out.writer.get(), out.writer.get()).ok()) return 1;
          const auto redirected = os::RedirectOutput(-1, 1000);
          if (redirected.ok() || redirected.error().errnum != EBADF) return 2;
          return IsNull(STDOUT_FILENO) ? 3 : 0;
        }) == 0);
}

TEST_CASE("a descriptor that is replaced leaves what others share as it was") {
  Pipe pipe;
  Pipe other;
  const os::UniqueFd shared(fcntl(pipe.writer.get(), F_DUPFD_CLOEXEC, 0));
  const auto fds = mp::test::OpenFds();
  REQUIRE(os::ReplaceDescriptor(pipe.writer.get(), other.writer.get()).ok());
  CHECK(mp::test::OpenFds() == fds);
  CHECK(mp::test::IsCloseOnExec(pipe.writer.get()));
  CHECK(mp::test::WriteByte(pipe.writer.get()));
  CHECK(mp::test::ReadByte(other.reader.get()));
  CHECK(mp::test::WriteByte(shared.get()));
  CHECK(mp::test::ReadByte(pipe.reader.get()));
}

TEST_CASE("replacing by what is not open is EBADF") {
  Pipe pipe;
  const auto replaced = os::ReplaceDescriptor(pipe.writer.get(), 1000);
  REQUIRE(!replaced.ok());
  CHECK(replaced.error().errnum == EBADF);
}

TEST_CASE("what is written to a muted standard error is lost, and not what comes after") {
  CHECK(InChild([] {
          Pipe pipe;
          if (dup2(pipe.writer.get(), STDERR_FILENO) != STDERR_FILENO) return 1;
          pipe.writer.reset();
          const auto fds = mp::test::OpenFds();
          {
            const os::MutedStandardError muted;
            if (!IsNull(STDERR_FILENO)) return 2;
            if (!os::WriteAll(STDERR_FILENO, "lost", 4).ok()) return 3;
          }
          if (mp::test::OpenFds() != fds) return 4;
          if (!os::WriteAll(STDERR_FILENO, "x", 1).ok()) return 5;
          char text[8];
          return read(pipe.reader.get(), text, sizeof(text)) == 1 && text[0] == 'x' ? 0 : 6;
        }) == 0);
}

TEST_CASE("a standard error that is closed stays so") {
  CHECK(InChild([] {
          close(STDERR_FILENO);
          const auto fds = mp::test::OpenFds();
          { const os::MutedStandardError muted; }
          return mp::test::OpenFds() == fds ? 0 : 1;
        }) == 0);
}
