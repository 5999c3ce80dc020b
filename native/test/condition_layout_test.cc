// The condition variables of threads that die with a fork.

#include "os/condition_layout.h"

#include <semaphore.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <memory>
#include <thread>

#include "child.h"
#include "parked_threads.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;
using mp::test::ParkedThreads;

namespace {

os::ConditionLayout Calibrate() {
  const auto layout = os::CalibrateConditionLayout();
  REQUIRE(layout.ok());
  return layout.value();
}

std::vector<os::ThreadState> OtherThreads() {
  auto threads = os::ListOtherThreads();
  REQUIRE(threads.ok());
  return std::move(threads.value());
}

std::vector<pthread_cond_t*> FindConditionsNow() {
  return os::FindConditions(Calibrate(), OtherThreads());
}

bool Contains(const std::vector<pthread_cond_t*>& conditions, const pthread_cond_t* condition) {
  return std::find(conditions.begin(), conditions.end(), condition) != conditions.end();
}

// Threads that all wait inside `wait` until `wake`, called as often as there are threads, lets each
// of them go.
template <typename Wait, typename Wake>
class Blocked {
 public:
  Blocked(int count, const void* begin, size_t size, Wait wait, Wake wake) : wake_(wake) {
    for (int i = 0; i < count; i++) threads_.emplace_back(wait);
    const auto first = reinterpret_cast<uintptr_t>(begin);
    const auto is_inside = [&](const os::ThreadState& state) {
      return state.futex >= first && state.futex < first + size;
    };
    for (;;) {
      const std::vector<os::ThreadState> states = OtherThreads();
      if (std::count_if(states.begin(), states.end(), is_inside) == count) return;
      std::this_thread::yield();
    }
  }
  ~Blocked() {
    for (size_t i = 0; i < threads_.size(); i++) wake_();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  Wake wake_;
  std::vector<std::thread> threads_;
};

// What a program does with a condition variable after a fork: wakes others, then waits itself.
int UseAsNew(pthread_cond_t* condition) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  // Enough to change the group of waiters several times: that is where the dead ones are waited
  // for.
  for (int i = 0; i < 4; i++) {
    pthread_cond_signal(condition);
    pthread_cond_broadcast(condition);
    bool ready = false;
    std::thread waker([&] {
      pthread_mutex_lock(&mutex);
      ready = true;
      pthread_cond_signal(condition);
      pthread_mutex_unlock(&mutex);
    });
    pthread_mutex_lock(&mutex);
    while (!ready) pthread_cond_wait(condition, &mutex);
    pthread_mutex_unlock(&mutex);
    waker.join();
  }
  return 0;
}

}  // namespace

TEST_CASE("the layout of this C library's condition variable is found") {
  const os::ConditionLayout layout = Calibrate();
  const auto size = static_cast<ptrdiff_t>(sizeof(pthread_cond_t));
  for (const ptrdiff_t offset : {layout.wait_words[0], layout.wait_words[1], layout.waiters}) {
    CHECK(offset >= 0);
    CHECK(offset < size);
    CHECK(offset % 4 == 0);
  }
  CHECK(layout.wait_words[0] != layout.wait_words[1]);
}

TEST_CASE("the layout is the same each time, and no thread stays") {
  const size_t threads = OtherThreads().size();
  const os::ConditionLayout first = Calibrate();
  const os::ConditionLayout second = Calibrate();
  CHECK(std::minmax(first.wait_words[0], first.wait_words[1]) ==
        std::minmax(second.wait_words[0], second.wait_words[1]));
  CHECK(first.waiters == second.waiters);
  // A thread that has been joined is still to be seen for a moment.
  while (OtherThreads().size() > threads) std::this_thread::yield();
}

TEST_CASE("a condition variable is found by its waiters, in either group") {
  for (const int count : {1, 2, 5}) {
    ParkedThreads helpers(count);
    CHECK(Contains(FindConditionsNow(), helpers.condition()));
    helpers.WakeAll();
    CHECK(Contains(FindConditionsNow(), helpers.condition()));
  }
}

TEST_CASE("several condition variables are told apart") {
  ParkedThreads some(2);
  ParkedThreads others(3);
  const std::vector<pthread_cond_t*> found = FindConditionsNow();
  CHECK(Contains(found, some.condition()));
  CHECK(Contains(found, others.condition()));
  CHECK(found.size() == 2);
}

TEST_CASE("a semaphore is no condition variable") {
  // Alone in zeroed memory, so that a wrong guess would read defined bytes.
  struct alignas(64) Room {
    char before[64];
    sem_t semaphore;
    char after[64];
  };
  const auto room = std::make_unique<Room>();
  std::memset(room.get(), 0, sizeof(Room));
  REQUIRE(sem_init(&room->semaphore, 0, 0) == 0);
  {
    const auto wait = [&] { sem_wait(&room->semaphore); };
    const auto wake = [&] { sem_post(&room->semaphore); };
    const Blocked blocked(3, &room->semaphore, sizeof(sem_t), wait, wake);
    CHECK(FindConditionsNow().empty());
  }
  sem_destroy(&room->semaphore);
}

TEST_CASE("a mutex is no condition variable") {
  struct alignas(64) Room {
    char before[64] = {};
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    char after[64] = {};
  };
  const auto room = std::make_unique<Room>();
  pthread_mutex_lock(&room->mutex);
  bool unlocked = false;
  const auto wait = [&] {
    pthread_mutex_lock(&room->mutex);
    pthread_mutex_unlock(&room->mutex);
  };
  const auto wake = [&] {
    if (!std::exchange(unlocked, true)) pthread_mutex_unlock(&room->mutex);
  };
  const Blocked blocked(2, &room->mutex, sizeof(pthread_mutex_t), wait, wake);
  CHECK(FindConditionsNow().empty());
}

TEST_CASE("a count of waiters that is not the number of parked threads is not believed") {
  ParkedThreads helpers(3);
  std::vector<os::ThreadState> threads = OtherThreads();
  // As if one of them had been woken a moment ago.
  const auto waiting = std::find_if(threads.begin(), threads.end(), [&](const auto& state) {
    return state.futex >= reinterpret_cast<uintptr_t>(helpers.condition()) &&
           state.futex < reinterpret_cast<uintptr_t>(helpers.condition() + 1);
  });
  REQUIRE(waiting != threads.end());
  threads.erase(waiting);
  CHECK(os::FindConditions(Calibrate(), threads).empty());
}

TEST_CASE("a futex word whose neighbours are not mapped is passed over") {
  // The count of waiters of this "condition variable" would lie in the first page of memory.
  const std::vector<os::ThreadState> threads{{1, true, 48}, {2, true, ~uintptr_t{7}}};
  CHECK(os::FindConditions(Calibrate(), threads).empty());
}

TEST_CASE("after a fork a condition variable whose waiters died works, once they are forgotten",
          "[not-under-tsan]") {
  const os::ConditionLayout layout = Calibrate();
  ParkedThreads helpers(4);
  const std::vector<pthread_cond_t*> found = os::FindConditions(layout, OtherThreads());
  REQUIRE(Contains(found, helpers.condition()));
  CHECK(InChild([&] {
          for (pthread_cond_t* condition : found) os::ForgetWaiters(layout, condition);
          return UseAsNew(helpers.condition());
        }) == 0);
  // The parent's own waiters are as they were.
  helpers.WakeAll();
}

// Proves that the test above can fail.
TEST_CASE("after a fork a condition variable whose waiters died hangs, unless they are forgotten",
          "[not-under-tsan]") {
  ParkedThreads helpers(4);
  CHECK(InChild([&] {
          alarm(2);
          return UseAsNew(helpers.condition());
        }) == -SIGALRM);
}

namespace {

// Waits in a child on the condition variable, its waiters forgotten, for at most so many seconds: 0
// when `deadline` had passed, -SIGALRM when it had not.
int WaitUntil(const os::ConditionLayout& layout, pthread_cond_t* condition, timespec deadline,
              unsigned limit) {
  return InChild([&] {
    os::ForgetWaiters(layout, condition);
    alarm(limit);
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    return pthread_cond_timedwait(condition, &mutex, &deadline) == ETIMEDOUT ? 0 : 1;
  });
}

}  // namespace

TEST_CASE("a forgotten condition variable keeps its clock") {
  const os::ConditionLayout layout = Calibrate();
  // By the monotonic clock, which begins at boot, this is decades ahead.
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  ParkedThreads by_monotonic(2, CLOCK_MONOTONIC);
  ParkedThreads by_realtime(2, CLOCK_REALTIME);
  CHECK(WaitUntil(layout, by_monotonic.condition(), now, 1) == -SIGALRM);
  CHECK(WaitUntil(layout, by_realtime.condition(), now, mp::test::kDeadlockSeconds) == 0);
}
