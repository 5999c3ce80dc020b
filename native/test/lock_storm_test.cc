// Threads that take turns by a word and its wait queue, as locks of ts/synchronize do, and use the
// heap meanwhile. What they share is not atomic: ThreadSanitizer sees whether the lock orders it.

#include <poll.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "os/arena_layout.h"
#include "os/doorbell.h"
#include "os/futex.h"
#include "os/wait_queue.h"
#include "shared_arena.h"

namespace os = mp::os;
using mp::test::SharedArena;

namespace {

// Reached only when a wake-up was lost.
constexpr int kLostMs = 20'000;

struct Lock {
  os::WaitQueue queue;
  std::atomic<uint32_t> holder;
};

// One thread, as the lock sees it.
class User {
 public:
  User(const SharedArena& shared, Lock& lock)
      : arena_(shared.arena), lock_(lock), owner_(shared.Claim()), slot_(os::SlotOf(owner_)) {
    auto installed = os::InstallDoorbell();
    REQUIRE(installed.ok());
    arena_.header()->slots[slot_].doorbell = installed.value().name;
    doorbell_ = std::move(installed.value().fd);
  }
  ~User() { os::LeaveArena(arena_, owner_); }

  os::OwnerId owner() const { return owner_; }
  int lost() const { return lost_; }

  // As a thread that blocks.
  void AcquireBlocking() {
    if (Take()) return;
    Join(lock_.queue.threads);
    for (;;) {
      const uint32_t sequence = lock_.queue.sequence.load();
      if (Take()) break;
      if (os::FutexWait(&lock_.queue.sequence, sequence, kLostMs) == -ETIMEDOUT) lost_++;
    }
    Leave(lock_.queue.threads);
  }

  // As an event loop.
  void AcquireByDoorbell() {
    if (Take()) return;
    for (;;) {
      if (!lock_.queue.loops.Has(slot_)) Join(lock_.queue.loops);
      if (Take()) break;
      pollfd entry{doorbell_.get(), POLLIN, 0};
      if (poll(&entry, 1, kLostMs) == 0) lost_++;
      os::SilenceDoorbell(doorbell_.get());
      arena_.header()->slots[slot_].rung.store(0);
    }
    Leave(lock_.queue.loops);
  }

  void Release() {
    lock_.holder.store(0);
    WakeOne();
  }

 private:
  bool Take() {
    uint32_t free = 0;
    return lock_.holder.compare_exchange_strong(free, owner_);
  }

  void Join(os::SlotSet& set) {
    set.Add(slot_);
    uint32_t seen = lock_.queue.waiting.load();
    while (!lock_.queue.waiting.compare_exchange_weak(seen, (seen | 1) + 2)) {
    }
  }

  // The wake-up that was for this one may have come meanwhile, and is for somebody else then.
  void Leave(os::SlotSet& set) {
    set.Remove(slot_);
    if (lock_.holder.load() == 0) WakeOne();
  }

  void WakeOne() {
    if (lock_.queue.waiting.load() % 2 == 0) return;
    os::Wake(arena_, lock_.queue, os::WakeCount::kOne, slot_, doorbell_.get());
  }

  const os::Arena& arena_;
  Lock& lock_;
  os::OwnerId owner_;
  uint32_t slot_;
  os::UniqueFd doorbell_;
  int lost_ = 0;
};

}  // namespace

TEST_CASE("threads that take turns and use the heap see each other's work, and miss no wake-up") {
  constexpr int kThreads = 6;
  constexpr int kTurns = 2000;
  const SharedArena shared;
  const uint64_t offset = shared.Allocate(sizeof(Lock), 1);
  Lock& lock = *shared.arena.At<Lock>(offset);
  // Not atomic: only who has the lock touches them.
  uint64_t turns = 0;
  uint64_t last_object = 0;
  std::atomic<int> lost{0};

  const auto work = [&](unsigned seed) {
    User user(shared, lock);
    std::mt19937 random(seed);
    for (int i = 0; i < kTurns; i++) {
      const auto own = os::AllocateObject(shared.arena, user.owner(), 1 + random() % 2000,
                                          {SharedArena::kType, 0});
      if (!own.ok()) std::abort();
      if (seed % 2 == 0) {
        user.AcquireBlocking();
      } else {
        user.AcquireByDoorbell();
      }
      turns++;
      // Others come and find it taken.
      std::this_thread::yield();
      // It goes from hand to hand: who comes next frees it.
      const uint64_t before = last_object;
      last_object = own.value();
      os::PinObject(shared.arena, user.owner(), own.value());
      os::DetachObject(shared.arena, user.owner(), own.value());
      user.Release();
      if (before != 0) os::UnpinObject(shared.arena, user.owner(), before);
    }
    lost += user.lost();
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; i++) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();

  CHECK(turns == kThreads * kTurns);
  CHECK(lost == 0);
  os::UnpinObject(shared.arena, shared.owner, last_object);
  shared.Free(offset);
  CHECK(shared.IsEmpty());
}
