// What the kernel tells about the other threads of a process.

#include "os/threads.h"

#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "os/mappings.h"
#include "parked_threads.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::Pipe;

namespace {

// A thread that runs `body` until this object goes; `stop` tells it to return.
class Companion {
 public:
  Companion(std::function<void()> body, std::function<void()> stop)
      : stop_(std::move(stop)), thread_([this, body = std::move(body)] {
          tid_ = static_cast<pid_t>(syscall(SYS_gettid));
          body();
        }) {
    while (tid_ == 0) std::this_thread::yield();
  }
  ~Companion() {
    stop_();
    thread_.join();
  }

  os::ThreadState State() const {
    const auto threads = os::ListOtherThreads();
    REQUIRE(threads.ok());
    for (const os::ThreadState& state : threads.value()) {
      if (state.tid == tid_) return state;
    }
    FAIL("the thread is not listed");
    return {};
  }

  // Returns only when it is; a thread that never is makes the test hang, and so fail.
  os::ThreadState WaitUntilParked() const {
    os::ThreadState state = State();
    while (!state.parked) {
      std::this_thread::yield();
      state = State();
    }
    return state;
  }

 private:
  std::function<void()> stop_;
  std::atomic<pid_t> tid_{0};
  std::thread thread_;
};

void Spin(const std::atomic<bool>& stop) {
  while (!stop) {
  }
}

}  // namespace

TEST_CASE("a thread that waits on a futex is parked, and the word is known") {
  sem_t semaphore;
  REQUIRE(sem_init(&semaphore, 0, 0) == 0);
  {
    const Companion companion([&] { sem_wait(&semaphore); }, [&] { sem_post(&semaphore); });
    const os::ThreadState state = companion.WaitUntilParked();
    const auto begin = reinterpret_cast<uintptr_t>(&semaphore);
    CHECK(state.futex >= begin);
    CHECK(state.futex < begin + sizeof(semaphore));
    CHECK(state.epoll == -1);
  }
  sem_destroy(&semaphore);
}

TEST_CASE("threads in poll and epoll are parked, on no futex") {
  Pipe pipe;
  SECTION("poll") {
    const Companion companion(
        [&] {
          pollfd entry{pipe.reader.get(), POLLIN, 0};
          poll(&entry, 1, -1);
        },
        [&] { pipe.writer.reset(); });
    const os::ThreadState state = companion.WaitUntilParked();
    CHECK(state.futex == 0);
    CHECK(state.epoll == -1);
  }
  SECTION("epoll, and then it is known on which, and where the stack is") {
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    REQUIRE(epoll_ctl(epoll, EPOLL_CTL_ADD, pipe.reader.get(), &event) == 0);
    std::atomic<void*> local{nullptr};
    {
      const Companion companion(
          [&] {
            epoll_event ready;
            local = &ready;
            epoll_wait(epoll, &ready, 1, -1);
          },
          [&] { pipe.writer.reset(); });
      const os::ThreadState state = companion.WaitUntilParked();
      CHECK(state.futex == 0);
      CHECK(state.epoll == epoll);
      const auto end = os::EndOfMapping(state.stack_pointer);
      REQUIRE(end.ok());
      CHECK(state.stack_pointer <= reinterpret_cast<uintptr_t>(local.load()));
      CHECK(end.value() > reinterpret_cast<uintptr_t>(local.load()));
    }
    close(epoll);
  }
}

TEST_CASE("where nothing is mapped no mapping ends") {
  const auto end = os::EndOfMapping(0);
  REQUIRE(!end.ok());
  CHECK(end.error().errnum == EFAULT);
}

TEST_CASE("a thread that blocks in read is not parked: it may hold a lock meanwhile") {
  Pipe pipe;
  std::atomic<bool> reading{false};
  const Companion companion(
      [&] {
        reading = true;
        mp::test::ReadByte(pipe.reader.get());
      },
      [&] { pipe.writer.reset(); });
  while (!reading) std::this_thread::yield();
  for (int i = 0; i < 100; i++) CHECK(!companion.State().parked);
}

TEST_CASE("the calling thread is not listed") {
  const auto threads = os::ListOtherThreads();
  REQUIRE(threads.ok());
  for (const os::ThreadState& state : threads.value()) CHECK(state.tid != getpid());
}

TEST_CASE("parked threads are quiet at once") {
  mp::test::ParkedThreads helpers(3);
  const auto quiet = os::WaitForQuietThreads(std::chrono::seconds(60));
  REQUIRE(quiet.ok());
  CHECK(quiet.value().busy == 0);
  CHECK(quiet.value().threads.size() >= 3);
}

TEST_CASE("a thread that computes is busy, and the wait for it has a limit") {
  // Threads of other tests may not have ended altogether.
  REQUIRE(os::WaitForQuietThreads(std::chrono::seconds(60)).value().busy == 0);
  std::atomic<bool> stop{false};
  const Companion companion([&] { Spin(stop); }, [&] { stop = true; });
  const auto before = std::chrono::steady_clock::now();
  const auto quiet = os::WaitForQuietThreads(std::chrono::milliseconds(20));
  CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(20));
  REQUIRE(quiet.ok());
  CHECK(quiet.value().busy == 1);
}

TEST_CASE("a thread that soon parks is waited for") {
  sem_t semaphore;
  REQUIRE(sem_init(&semaphore, 0, 0) == 0);
  std::atomic<bool> stop{false};
  std::atomic<bool> asked{false};
  {
    const Companion companion(
        [&] {
          Spin(stop);
          sem_wait(&semaphore);
        },
        [&] { sem_post(&semaphore); });
    // Lets the spinning thread go when the wait has begun.
    std::thread helper([&] {
      while (!asked) std::this_thread::yield();
      stop = true;
    });
    CHECK(os::WaitForQuietThreads(std::chrono::milliseconds(0)).value().busy >= 1);
    asked = true;
    CHECK(os::WaitForQuietThreads(std::chrono::seconds(60)).value().busy == 0);
    helper.join();
  }
  sem_destroy(&semaphore);
}
