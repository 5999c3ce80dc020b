// Processes that must not outlive another.

#include "os/parent_death.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "child.h"
#include "open_fds.h"
#include "os/process_handle.h"
#include "os/threads.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;
using mp::test::Pipe;
using mp::test::ReadByte;
using mp::test::StartChild;

namespace {

// Orphans come to this process, so that it can see how they end.
struct Subreaper {
  Subreaper() { REQUIRE(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); }
  ~Subreaper() { prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

}  // namespace

TEST_CASE("a process ends when its parent is killed") {
  const Subreaper subreaper;
  Pipe alive;
  pid_t grandchild = -1;
  Pipe tell;
  const pid_t child = StartChild([&] {
    const pid_t parent = getpid();
    const pid_t pid = StartChild([&] {
      os::DieWithParent(parent);
      mp::test::WriteByte(alive.writer.get());
      for (;;) pause();
      return 0;
    });
    if (write(tell.writer.get(), &pid, sizeof(pid)) != sizeof(pid)) return 1;
    for (;;) pause();
    return 0;
  });
  alive.writer.reset();
  REQUIRE(read(tell.reader.get(), &grandchild, sizeof(grandchild)) == sizeof(grandchild));
  REQUIRE(ReadByte(alive.reader.get()));
  REQUIRE(kill(child, SIGKILL) == 0);
  CHECK(mp::test::ExitCodeOf(child) == -SIGKILL);
  CHECK(!ReadByte(alive.reader.get()));
  CHECK(mp::test::ExitCodeOf(grandchild) == -SIGKILL);
}

TEST_CASE("a process whose parent has died already ends at once") {
  const pid_t somebody_else = getpid() + 1;
  CHECK(InChild([&] {
          os::DieWithParent(somebody_else);
          return 0;
        }) == -SIGKILL);
}

TEST_CASE("a process whose parent lives goes on") {
  const pid_t parent = getpid();
  CHECK(InChild([&] {
          os::DieWithParent(parent);
          return 5;
        }) == 5);
}

namespace {

// A process that ends when the test says so, and is reaped after the test.
class Other {
 public:
  Other() {
    pid_ = StartChild([] {
      for (;;) pause();
      return 0;
    });
    auto handle = os::OpenProcessHandle(pid_);
    REQUIRE(handle.ok());
    handle_ = std::move(handle.value());
  }
  ~Other() {
    kill(pid_, SIGKILL);
    mp::test::ExitCodeOf(pid_);
  }
  int handle() const { return handle_.get(); }
  // It has ended when this returns.
  void End() {
    REQUIRE(kill(pid_, SIGKILL) == 0);
    siginfo_t info{};
    REQUIRE(waitid(P_PID, pid_, &info, WEXITED | WNOWAIT) == 0);
  }

 private:
  pid_t pid_ = -1;
  os::UniqueFd handle_;
};

[[noreturn]] void ComputeForEver() {
  for (std::atomic<int> i{0};; i++) {
  }
}

}  // namespace

TEST_CASE("a process ends with another that is not its parent, even while it computes") {
  Other other;
  Pipe ready;
  const pid_t child = StartChild([&] {
    if (!os::DieWithProcess(other.handle()).ok()) return 1;
    mp::test::WriteByte(ready.writer.get());
    ComputeForEver();
  });
  REQUIRE(ReadByte(ready.reader.get()));
  other.End();
  CHECK(mp::test::ExitCodeOf(child) == -SIGKILL);
}

TEST_CASE("a process ends with whichever of several others ends first") {
  Other one;
  Other two;
  Pipe ready;
  const pid_t child = StartChild([&] {
    for (const Other* other : {&one, &two}) {
      if (!os::DieWithProcess(other->handle()).ok()) return 1;
    }
    mp::test::WriteByte(ready.writer.get());
    ComputeForEver();
  });
  REQUIRE(ReadByte(ready.reader.get()));
  two.End();
  CHECK(mp::test::ExitCodeOf(child) == -SIGKILL);
}

TEST_CASE("a process that is to die with one that has ended does so at once") {
  Other other;
  other.End();
  CHECK(InChild([&] {
          (void)os::DieWithProcess(other.handle());
          return 0;
        }) == -SIGKILL);
}

TEST_CASE("the caller may close the handle") {
  Other other;
  Pipe ready;
  const pid_t child = StartChild([&] {
    if (!os::DieWithProcess(other.handle()).ok()) return 1;
    close(other.handle());
    mp::test::WriteByte(ready.writer.get());
    ComputeForEver();
  });
  REQUIRE(ReadByte(ready.reader.get()));
  other.End();
  CHECK(mp::test::ExitCodeOf(child) == -SIGKILL);
}

TEST_CASE("a forked child outlives whom its parent dies with, until it asks itself",
          "[not-under-tsan]") {
  const Subreaper subreaper;
  Other first;
  Other second;
  Pipe tell;
  const pid_t child = StartChild([&] {
    if (!os::DieWithProcess(first.handle()).ok()) return 1;
    // As every fork of ours: a thread that has just begun holds locks, AddressSanitizer's at least.
    if (os::WaitForQuietThreads(std::chrono::seconds(10)).value().busy != 0) return 2;
    StartChild([&] {
      os::ForgetInheritedDeathWatch();
      const pid_t self = getpid();
      if (write(tell.writer.get(), &self, sizeof(self)) != sizeof(self)) return 1;
      if (!os::DieWithProcess(second.handle()).ok()) return 1;
      mp::test::WriteByte(tell.writer.get());
      ComputeForEver();
    });
    ComputeForEver();
  });
  pid_t grandchild = -1;
  REQUIRE(read(tell.reader.get(), &grandchild, sizeof(grandchild)) == sizeof(grandchild));
  REQUIRE(ReadByte(tell.reader.get()));
  first.End();
  CHECK(mp::test::ExitCodeOf(child) == -SIGKILL);
  // It still computes.
  CHECK(waitpid(grandchild, nullptr, WNOHANG) == 0);
  second.End();
  CHECK(mp::test::ExitCodeOf(grandchild) == -SIGKILL);
}

TEST_CASE("a process that dies with another no longer dies with its parent") {
  const Subreaper subreaper;
  Other other;
  Pipe ready;
  Pipe tell;
  const pid_t child = StartChild([&] {
    const pid_t parent = getpid();
    const pid_t pid = StartChild([&] {
      os::DieWithParent(parent);
      if (!os::DieWithProcess(other.handle()).ok()) return 1;
      mp::test::WriteByte(ready.writer.get());
      ComputeForEver();
    });
    mp::test::ReadByte(ready.reader.get());
    return write(tell.writer.get(), &pid, sizeof(pid)) == sizeof(pid) ? 0 : 1;
  });
  pid_t grandchild = -1;
  REQUIRE(read(tell.reader.get(), &grandchild, sizeof(grandchild)) == sizeof(grandchild));
  CHECK(mp::test::ExitCodeOf(child) == 0);
  CHECK(waitpid(grandchild, nullptr, WNOHANG) == 0);
  other.End();
  CHECK(mp::test::ExitCodeOf(grandchild) == -SIGKILL);
}

TEST_CASE("a process may outlive its parent after all, in a session of its own") {
  const Subreaper subreaper;
  Pipe ready;
  Pipe tell;
  const pid_t child = StartChild([&] {
    const pid_t parent = getpid();
    const pid_t pid = StartChild([&] {
      os::DieWithParent(parent);
      if (!os::OutliveParent().ok()) return 1;
      mp::test::WriteByte(ready.writer.get());
      ComputeForEver();
    });
    mp::test::ReadByte(ready.reader.get());
    return write(tell.writer.get(), &pid, sizeof(pid)) == sizeof(pid) ? 0 : 1;
  });
  pid_t grandchild = -1;
  REQUIRE(read(tell.reader.get(), &grandchild, sizeof(grandchild)) == sizeof(grandchild));
  CHECK(mp::test::ExitCodeOf(child) == 0);
  CHECK(getsid(grandchild) == grandchild);
  CHECK(waitpid(grandchild, nullptr, WNOHANG) == 0);
  kill(grandchild, SIGTERM);
  CHECK(mp::test::ExitCodeOf(grandchild) == -SIGTERM);
}

TEST_CASE("the leader of a process group cannot get a session of its own") {
  CHECK(InChild([] {
          setpgid(0, 0);
          const auto outlived = os::OutliveParent();
          return !outlived.ok() && outlived.error().errnum == EPERM ? 0 : 1;
        }) == 0);
}

TEST_CASE("the thread that waits is one, and counts as parked") {
  Other one;
  Other two;
  CHECK(InChild([&] {
          for (const Other* other : {&one, &two}) {
            if (!os::DieWithProcess(other->handle()).ok()) return 1;
          }
          const auto quiet = os::WaitForQuietThreads(std::chrono::seconds(10));
          if (!quiet.ok() || quiet.value().busy != 0) return 2;
          return static_cast<int>(quiet.value().threads.size()) == 1 ? 0 : 3;
        }) == 0);
}

TEST_CASE(
    "what is watched leaves no descriptor to a forked child, and none without close-on-exec") {
  Other other;
  CHECK(InChild([&] {
          const auto before = mp::test::OpenFds();
          if (!os::DieWithProcess(other.handle()).ok()) return 1;
          for (const int fd : mp::test::OpenFds()) {
            if (before.count(fd) == 0 && !mp::test::IsCloseOnExec(fd)) return 2;
          }
          return InChild([&] {
            os::ForgetInheritedDeathWatch();
            return mp::test::OpenFds() == before ? 0 : 3;
          });
        }) == 0);
}

TEST_CASE("what cannot be watched is an error, and the process goes on") {
  CHECK(InChild([] {
          const auto watched = os::DieWithProcess(-1);
          return !watched.ok() && watched.error().errnum == EBADF ? 0 : 1;
        }) == 0);
  CHECK(InChild([] {
          Pipe pipe;
          const rlimit none{0, 0};
          setrlimit(RLIMIT_NOFILE, &none);
          const auto watched = os::DieWithProcess(pipe.reader.get());
          return !watched.ok() && watched.error().errnum == EMFILE ? 0 : 1;
        }) == 0);
}
