// fork() of a process with threads.

#include "os/fork.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "child.h"
#include "open_fds.h"
#include "os/process_handle.h"
#include "os/thread_context.h"
#include "os/threads.h"
#include "parked_threads.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using WhenBusy = os::Forker::WhenBusy;
using WithHelpers = os::Forker::WithHelpers;
using WithThreads = os::Forker::WithThreads;
using mp::test::ExitCodeOf;
using mp::test::InChild;
using mp::test::ParkedThreads;

namespace {

// Forks a child that runs `body` and nothing else.
template <typename Body>
os::ForkOutcome ForkChild(os::Forker* forker, WhenBusy when_busy, Body body) {
  auto outcome = forker->Fork(when_busy, WithHelpers::kNo, WithThreads::kNo);
  if (outcome.ok() && outcome.value().child == 0) {
    mp::test::BecomeTestChild();
    _exit(body());
  }
  REQUIRE(outcome.ok());
  return std::move(outcome.value());
}

// A thread of a busy or stuck kind is no part of the test: waits until all are parked.
template <typename Body>
os::ForkOutcome ForkQuietChild(os::Forker* forker, Body body) {
  for (;;) {
    os::ForkOutcome outcome = ForkChild(forker, WhenBusy::kGiveUp, body);
    if (outcome.child > 0) return outcome;
  }
}

bool IsBlocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

class BusyThread {
 public:
  BusyThread() : thread_([this] { Spin(); }) {
    while (!running_) std::this_thread::yield();
  }
  ~BusyThread() {
    stop_ = true;
    thread_.join();
  }

 private:
  void Spin() {
    running_ = true;
    while (!stop_) {
    }
  }

  std::atomic<bool> running_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// Makes a thread, and wakes waiters that the parent had.
int UseThreads(ParkedThreads* helpers) {
  pthread_cond_signal(helpers->condition());
  pthread_cond_broadcast(helpers->condition());
  int answer = 0;
  std::thread([&] { answer = 42; }).join();
  return answer;
}

}  // namespace

TEST_CASE("fork is supported here") {
  os::Forker forker;
  CHECK(forker.CheckSupport().ok());
  CHECK(forker.CheckSupport().ok());
}

TEST_CASE("a forked child runs, and its parent gets its pid and handle") {
  os::Forker forker;
  const pid_t parent = getpid();
  const os::ForkOutcome outcome =
      ForkQuietChild(&forker, [&] { return getppid() == parent ? 7 : 1; });
  CHECK(outcome.busy_threads == 0);
  CHECK(mp::test::IsCloseOnExec(outcome.pidfd.get()));
  pollfd ended{outcome.pidfd.get(), POLLIN, 0};
  CHECK(poll(&ended, 1, -1) == 1);
  CHECK(ExitCodeOf(outcome.child) == 7);
}

TEST_CASE("a child inherits memory that is marked as not to be inherited") {
  os::Forker forker;
  constexpr size_t kSize = 64 * 4096;
  auto* memory = static_cast<volatile char*>(
      mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  memory[0] = 9;
  REQUIRE(madvise(const_cast<char*>(memory), kSize, MADV_DONTFORK) == 0);
  CHECK(ExitCodeOf(ForkQuietChild(&forker, [&] { return memory[0]; }).child) == 9);
  // And has its mark again.
  CHECK(InChild([&] { return memory[0]; }) == -SIGSEGV);
  munmap(const_cast<char*>(memory), kSize);
}

TEST_CASE("signals are blocked in the child until it unblocks them, and in the parent as before") {
  os::Forker forker;
  sigset_t usr1;
  sigset_t before;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &usr1, &before);
  const os::ForkOutcome outcome = ForkQuietChild(&forker, [&] {
    if (!IsBlocked(SIGTERM) || !IsBlocked(SIGUSR1)) return 1;
    forker.UnblockSignals();
    return IsBlocked(SIGTERM) || !IsBlocked(SIGUSR1) ? 2 : 0;
  });
  CHECK(!IsBlocked(SIGTERM));
  CHECK(IsBlocked(SIGUSR1));
  CHECK(ExitCodeOf(outcome.child) == 0);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("a busy thread makes the attempt fail, or is counted") {
  os::Forker forker;
  REQUIRE(forker.CheckSupport().ok());
  // Threads of other tests may not have ended altogether.
  REQUIRE(os::WaitForQuietThreads(std::chrono::seconds(60)).value().busy == 0);
  const BusyThread busy;
  const os::ForkOutcome given_up = ForkChild(&forker, WhenBusy::kGiveUp, [] { return 1; });
  CHECK(given_up.child == -1);
  CHECK(given_up.busy_threads == 1);
  CHECK(!given_up.pidfd.valid());
  CHECK(!IsBlocked(SIGTERM));
  CHECK(!mp::test::HasChildren());

  const os::ForkOutcome forked = ForkChild(&forker, WhenBusy::kFork, [] { return 3; });
  CHECK(forked.busy_threads == 1);
  CHECK(ExitCodeOf(forked.child) == 3);
}

TEST_CASE("a forked child ends when its parent is killed") {
  mp::test::Pipe alive;
  const int code = InChild([&] {
    os::Forker forker;
    ForkQuietChild(&forker, [&] {
      mp::test::WriteByte(alive.writer.get());
      for (;;) pause();
      return 0;
    });
    alive.writer.reset();
    if (!mp::test::ReadByte(alive.reader.get())) return 1;
    raise(SIGKILL);
    return 2;
  });
  CHECK(code == -SIGKILL);
  alive.writer.reset();
  CHECK(!mp::test::ReadByte(alive.reader.get()));
}

TEST_CASE("200 children in a row use threads and condition variables, and leave nothing",
          "[not-under-tsan]") {
  os::Forker forker;
  ParkedThreads monotonic(4, CLOCK_MONOTONIC);
  ParkedThreads realtime(3, CLOCK_REALTIME);
  const auto fds = mp::test::OpenFds();
  for (int i = 0; i < 200; i++) {
    const os::ForkOutcome outcome =
        ForkQuietChild(&forker, [&] { return UseThreads(&monotonic) + UseThreads(&realtime); });
    REQUIRE(ExitCodeOf(outcome.child) == 84);
    // The parent's waiters are alive, and move to their other group.
    if (i % 10 == 0) monotonic.WakeAll();
  }
  CHECK(mp::test::OpenFds() == fds);
  CHECK(!mp::test::HasChildren());
}

TEST_CASE("a child is told what the threads of its parent were doing, if that is asked for") {
  os::Forker forker;
  ParkedThreads threads(3);
  for (const WithThreads with : {WithThreads::kYes, WithThreads::kNo}) {
    auto outcome = forker.Fork(WhenBusy::kFork, WithHelpers::kNo, with);
    if (outcome.ok() && outcome.value().child == 0) {
      mp::test::BecomeTestChild();
      const auto& told = outcome.value().threads;
      if (with == WithThreads::kNo) _exit(told.empty() ? 4 : 1);
      _exit(told.size() >= 3 && told[0].parked && told[0].stack_pointer != 0 ? 4 : 2);
    }
    REQUIRE(outcome.ok());
    CHECK(outcome.value().threads.empty());
    CHECK(ExitCodeOf(outcome.value().child) == 4);
  }
}

TEST_CASE("libc counts a thread of the parent as ended: joining it in the child does not wait",
          "[not-under-tsan]") {
  os::Forker forker;
  mp::test::Pipe pipe;
  std::thread thread([&] {
    pollfd entry{pipe.reader.get(), POLLIN, 0};
    poll(&entry, 1, -1);
  });
  const os::ForkOutcome outcome = ForkQuietChild(&forker, [&] {
    thread.join();
    return 5;
  });
  CHECK(ExitCodeOf(outcome.child) == 5);
  pipe.writer.reset();
  thread.join();
}

TEST_CASE("a child can fork, and its child too", "[not-under-tsan]") {
  os::Forker forker;
  ParkedThreads helpers(3);
  const os::ForkOutcome outcome = ForkQuietChild(&forker, [&] {
    const os::ForkOutcome inner = ForkQuietChild(&forker, [&] { return UseThreads(&helpers); });
    return ExitCodeOf(inner.child) + UseThreads(&helpers);
  });
  CHECK(ExitCodeOf(outcome.child) == 84);
}

TEST_CASE("helper threads come along, and work in 100 children in a row", "[not-under-tsan]") {
  os::Forker forker;
  ParkedThreads helpers(4);
  ParkedThreads others(2);
  const auto fds = mp::test::OpenFds();
  int with_helpers = 0;
  for (int i = 0; i < 100; i++) {
    auto outcome = forker.Fork(WhenBusy::kFork, WithHelpers::kTry, WithThreads::kNo);
    REQUIRE(outcome.ok());
    if (outcome.value().child == 0) {
      mp::test::BecomeTestChild();
      // Theirs is the condition variable of the oldest threads; the others died.
      if (outcome.value().has_helpers) helpers.WakeAll();
      _exit(UseThreads(&others));
    }
    REQUIRE(ExitCodeOf(outcome.value().child) == 42);
    with_helpers += outcome.value().has_helpers ? 1 : 0;
    if (i % 10 == 0) helpers.WakeAll();
  }
  CHECK((with_helpers > 50) == os::CanResumeThreads());
  CHECK(mp::test::OpenFds() == fds);
  CHECK(!mp::test::HasChildren());
}

namespace {

// Whether a child of this fork has helpers.
bool ComeAlong(os::Forker* forker) {
  auto outcome = forker->Fork(WhenBusy::kFork, WithHelpers::kTry, WithThreads::kNo);
  REQUIRE(outcome.ok());
  if (outcome.value().child == 0) _exit(outcome.value().has_helpers ? 1 : 0);
  return ExitCodeOf(outcome.value().child) == 1;
}

}  // namespace

TEST_CASE("threads that came later are not taken for the helpers when these are gone",
          "[not-under-tsan]") {
  os::Forker forker;
  {
    const ParkedThreads helpers(4);
    REQUIRE(forker.CheckSupport().ok());
  }
  const ParkedThreads others(2);
  CHECK(!ComeAlong(&forker));
}

TEST_CASE("while a thread runs, which may be one of them, nobody is taken for the helpers",
          "[not-under-tsan]") {
  os::Forker forker;
  const BusyThread busy;
  const ParkedThreads others(2);
  CHECK(!ComeAlong(&forker));
}

TEST_CASE("helpers that are known come along although another thread runs", "[not-under-tsan]") {
  const ParkedThreads helpers(4);
  // On a busy machine they may fail to answer in time.
  bool came = false;
  for (int i = 0; i < 20 && !came; i++) {
    os::Forker forker;
    REQUIRE(forker.CheckSupport().ok());
    const BusyThread busy;
    came = ComeAlong(&forker);
  }
  CHECK(came == os::CanResumeThreads());
}

TEST_CASE("nothing is forked while helpers are awake, if they must come along; then they do",
          "[not-under-tsan]") {
  if (!os::CanResumeThreads()) return;
  os::Forker forker;
  ParkedThreads helpers(4);
  REQUIRE(forker.CheckSupport().ok());
  const auto attempt = [&](WithHelpers with_helpers) {
    auto outcome = forker.Fork(WhenBusy::kFork, with_helpers, WithThreads::kNo);
    REQUIRE(outcome.ok());
    if (outcome.value().child == 0) _exit(outcome.value().has_helpers ? 1 : 2);
    return outcome.value().child < 0 ? -1 : ExitCodeOf(outcome.value().child);
  };
  // Woken, they wait for the mutex: parked, but not in the wait that they can go on from.
  pthread_mutex_lock(helpers.mutex());
  pthread_cond_broadcast(helpers.condition());
  CHECK(attempt(WithHelpers::kMust) == -1);
  CHECK(attempt(WithHelpers::kTry) == 2);
  pthread_mutex_unlock(helpers.mutex());
  int result = -1;
  while (result < 0) result = attempt(WithHelpers::kMust);
  CHECK(result == 1);
}

TEST_CASE("helpers run while one of them computes, not while all wait for anything",
          "[not-under-tsan]") {
  os::Forker forker;
  ParkedThreads helpers(3);
  CHECK(!forker.HelpersRun());
  REQUIRE(forker.CheckSupport().ok());
  CHECK(!forker.HelpersRun());
  helpers.StartComputing();
  CHECK(forker.HelpersRun());
  helpers.StopComputing();
  while (forker.HelpersRun()) std::this_thread::yield();
}

TEST_CASE("a child that went without helpers has none for its own children", "[not-under-tsan]") {
  os::Forker forker;
  const ParkedThreads helpers(4);
  REQUIRE(forker.CheckSupport().ok());
  const os::ForkOutcome outcome = ForkQuietChild(&forker, [&] {
    const ParkedThreads others(2);
    return ComeAlong(&forker) ? 1 : 0;
  });
  CHECK(ExitCodeOf(outcome.child) == 0);
}
