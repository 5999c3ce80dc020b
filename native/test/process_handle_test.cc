// How children end, as told by the kernel.

#include "os/process_handle.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "open_fds.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::StartChild;

namespace {

// A child that ends when told to, so that a test knows that it runs until then.
class Child {
 public:
  template <typename End>
  explicit Child(End end) {
    pid_ = StartChild([&] {
      gate_.writer.reset();
      mp::test::ReadByte(gate_.reader.get());
      end();
      return 99;
    });
    auto handle = os::OpenProcessHandle(pid_);
    REQUIRE(handle.ok());
    handle_ = std::move(handle.value());
  }

  pid_t pid() const { return pid_; }
  int handle() const { return handle_.get(); }
  void LetEnd() { gate_.writer.reset(); }

  bool HasEnded(int timeout_ms) const {
    pollfd entry{handle_.get(), POLLIN, 0};
    return poll(&entry, 1, timeout_ms) == 1;
  }

  // -1000 while it runs.
  int Reap() const {
    const auto code = os::TryReap(handle_.get());
    REQUIRE(code.ok());
    return code.value().value_or(-1000);
  }

 private:
  pid_t pid_ = -1;
  mp::test::Pipe gate_;
  os::UniqueFd handle_;
};

void KillSelf(int signal) { raise(signal); }

}  // namespace

TEST_CASE("an exit code is taken when the child has ended, and not before") {
  for (const int code : {0, 1, 7, 127, 128, 255}) {
    Child child([&] { _exit(code); });
    CHECK(child.Reap() == -1000);
    CHECK(!child.HasEnded(0));
    child.LetEnd();
    CHECK(child.HasEnded(-1));
    CHECK(child.Reap() == code);
    CHECK(!mp::test::HasChildren());
  }
}

TEST_CASE("a signal that ended the child is a negative exit code") {
  for (const int signal : {SIGKILL, SIGSEGV, SIGTERM, SIGABRT}) {
    Child child([&] { KillSelf(signal); });
    child.LetEnd();
    CHECK(child.HasEnded(-1));
    CHECK(child.Reap() == -signal);
  }
}

TEST_CASE("a stopped child has not ended") {
  Child child([] { _exit(0); });
  REQUIRE(kill(child.pid(), SIGSTOP) == 0);
  siginfo_t info{};
  REQUIRE(waitid(P_PID, child.pid(), &info, WSTOPPED | WNOWAIT) == 0);
  CHECK(child.Reap() == -1000);
  CHECK(!child.HasEnded(0));
  REQUIRE(kill(child.pid(), SIGCONT) == 0);
  child.LetEnd();
  CHECK(child.HasEnded(-1));
  CHECK(child.Reap() == 0);
}

TEST_CASE("an exit code that somebody else took is ECHILD") {
  Child child([] { _exit(0); });
  child.LetEnd();
  CHECK(mp::test::ExitCodeOf(child.pid()) == 0);
  const auto code = os::TryReap(child.handle());
  REQUIRE(!code.ok());
  CHECK(code.error().errnum == ECHILD);
  CHECK(child.HasEnded(0));
}

TEST_CASE("a process that is no child has no exit code to take") {
  Child child([] { _exit(0); });
  CHECK(mp::test::InChild([&] {
          const auto code = os::TryReap(child.handle());
          return !code.ok() && code.error().errnum == ECHILD ? 0 : 1;
        }) == 0);
  child.LetEnd();
  CHECK(child.HasEnded(-1));
  CHECK(child.Reap() == 0);
}

TEST_CASE("other children are left alone") {
  Child first([] { _exit(1); });
  Child second([] { _exit(2); });
  second.LetEnd();
  CHECK(second.HasEnded(-1));
  CHECK(first.Reap() == -1000);
  first.LetEnd();
  CHECK(first.HasEnded(-1));
  CHECK(first.Reap() == 1);
  CHECK(second.Reap() == 2);
}

TEST_CASE("a handle is close-on-exec, and there is none for a process that is not") {
  Child child([] { _exit(0); });
  CHECK(mp::test::IsCloseOnExec(child.handle()));
  child.LetEnd();
  CHECK(mp::test::ExitCodeOf(child.pid()) == 0);
  const auto handle = os::OpenProcessHandle(child.pid());
  REQUIRE(!handle.ok());
  CHECK(handle.error().errnum == ESRCH);
}

TEST_CASE("a signal is sent to a process that runs") {
  Child child([] { _exit(0); });
  const auto sent = os::SendSignal(child.handle(), SIGKILL);
  REQUIRE(sent.ok());
  CHECK(sent.value());
  CHECK(child.HasEnded(-1));
  CHECK(child.Reap() == -SIGKILL);
}

TEST_CASE("a signal for a process that has ended is not sent") {
  Child child([] { _exit(0); });
  child.LetEnd();
  CHECK(child.HasEnded(-1));
  // Not reaped, then reaped: in between its pid might already belong to another process.
  CHECK(!os::SendSignal(child.handle(), SIGTERM).value());
  CHECK(child.Reap() == 0);
  CHECK(!os::SendSignal(child.handle(), SIGTERM).value());
}

TEST_CASE("an unknown signal is an error") {
  Child child([] { _exit(0); });
  const auto sent = os::SendSignal(child.handle(), 4000);
  REQUIRE(!sent.ok());
  CHECK(sent.error().errnum == EINVAL);
  child.LetEnd();
  CHECK(mp::test::ExitCodeOf(child.pid()) == 0);
}

namespace {

// A process between this one and the one that is asked about.
struct Grandchild {
  os::UniqueFd handle;
  pid_t parent = -1;
  mp::test::Pipe end;
  mp::test::Pipe reap;

  template <typename End>
  explicit Grandchild(End how) {
    mp::test::Pipe tell;
    parent = StartChild([&] {
      const pid_t pid = StartChild([&] {
        end.writer.reset();
        mp::test::ReadByte(end.reader.get());
        how();
        return 99;
      });
      end.writer.reset();
      reap.writer.reset();
      if (write(tell.writer.get(), &pid, sizeof(pid)) != sizeof(pid)) return 1;
      mp::test::ReadByte(reap.reader.get());
      return waitpid(pid, nullptr, 0) == pid ? 0 : 1;
    });
    pid_t pid = -1;
    REQUIRE(read(tell.reader.get(), &pid, sizeof(pid)) == sizeof(pid));
    auto opened = os::OpenProcessHandle(pid);
    REQUIRE(opened.ok());
    handle = std::move(opened.value());
  }

  void End() {
    end.writer.reset();
    pollfd entry{handle.get(), POLLIN, 0};
    REQUIRE(poll(&entry, 1, -1) == 1);
  }

  void Reap() {
    reap.writer.reset();
    REQUIRE(mp::test::ExitCodeOf(parent) == 0);
  }
};

}  // namespace

TEST_CASE("the exit code of a grandchild is told as long as the kernel knows it") {
  const auto ends = [](int code) {
    Grandchild grandchild([&] { code < 0 ? KillSelf(-code) : _exit(code); });
    const auto alive = os::ExitCodeOf(grandchild.handle.get());
    CHECK((!alive.ok() || !alive.value().has_value()));
    grandchild.End();
    const auto zombie = os::ExitCodeOf(grandchild.handle.get());
    REQUIRE(zombie.ok());
    CHECK(zombie.value() == code);
    grandchild.Reap();
    const auto reaped = os::ExitCodeOf(grandchild.handle.get());
    if (!reaped.ok()) {
      WARN("this kernel does not tell the exit codes of processes that have been reaped");
      CHECK(reaped.error().errnum == ENOTSUP);
      return;
    }
    CHECK(reaped.value() == code);
  };
  for (const int code : {0, 7, 255, -SIGKILL, -SIGABRT}) ends(code);
}

TEST_CASE("only a process handle has an exit code") {
  const auto closed = os::ExitCodeOf(-1);
  REQUIRE(!closed.ok());
  CHECK(closed.error().errnum == EBADF);
  const mp::test::Pipe pipe;
  CHECK(!os::ExitCodeOf(pipe.reader.get()).ok());
}

TEST_CASE("a process that sleeps is undisturbed, until a signal is on its way", "[process]") {
  // The parent's mask is the child's from the start.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  Child child([] {});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  while (!os::IsUndisturbed(child.pid(), child.handle())) usleep(100);
  kill(child.pid(), SIGUSR1);
  CHECK_FALSE(os::IsUndisturbed(child.pid(), child.handle()));
  child.LetEnd();
  REQUIRE(child.HasEnded(-1));
  CHECK_FALSE(os::IsUndisturbed(child.pid(), child.handle()));
  CHECK(child.Reap() == 99);
  CHECK_FALSE(os::IsUndisturbed(child.pid(), child.handle()));
}

TEST_CASE("a process that is about to end of a signal is not undisturbed", "[process]") {
  for (int i = 0; i < 100; i++) {
    Child child([] {});
    while (!os::IsUndisturbed(child.pid(), child.handle())) usleep(100);
    kill(child.pid(), SIGTERM);
    CHECK_FALSE(os::IsUndisturbed(child.pid(), child.handle()));
    REQUIRE(child.HasEnded(-1));
    CHECK(child.Reap() == -SIGTERM);
  }
}

TEST_CASE("a process that was stopped is not undisturbed", "[process]") {
  Child child([] {});
  while (!os::IsUndisturbed(child.pid(), child.handle())) usleep(100);
  kill(child.pid(), SIGSTOP);
  CHECK_FALSE(os::IsUndisturbed(child.pid(), child.handle()));
  int status = 0;
  REQUIRE(waitpid(child.pid(), &status, WUNTRACED) == child.pid());
  CHECK_FALSE(os::IsUndisturbed(child.pid(), child.handle()));
  kill(child.pid(), SIGCONT);
  child.LetEnd();
  REQUIRE(child.HasEnded(-1));
  CHECK(child.Reap() == 99);
}
