// Who is woken in the arena, across threads and processes.

#include "os/wait_queue.h"

#include <poll.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "child.h"
#include "os/arena_layout.h"
#include "os/doorbell.h"
#include "os/futex.h"
#include "shared_arena.h"

namespace os = mp::os;
using mp::test::SharedArena;

namespace {

// A loop with a doorbell, in no thread.
struct Loop {
  explicit Loop(const SharedArena& shared) : arena(shared.arena), owner(shared.Claim()) {
    auto installed = os::InstallDoorbell();
    REQUIRE(installed.ok());
    arena.header()->slots[slot()].doorbell = installed.value().name;
    doorbell = std::move(installed.value().fd);
  }
  ~Loop() { os::LeaveArena(arena, owner); }

  uint32_t slot() const { return os::SlotOf(owner); }
  bool WasRung() const {
    pollfd entry{doorbell.get(), POLLIN, 0};
    return poll(&entry, 1, 0) == 1;
  }
  void Hear() {
    os::SilenceDoorbell(doorbell.get());
    arena.header()->slots[slot()].rung.store(0);
  }
  void WaitIn(os::WaitQueue& queue) const {
    queue.loops.Add(slot());
    queue.waiting.store((queue.waiting.load() | 1) + 2);
  }

  const os::Arena& arena;
  os::OwnerId owner;
  os::UniqueFd doorbell;
};

constexpr uint64_t kSize = sizeof(os::WaitQueue) + 64;

}  // namespace

TEST_CASE("a loop that waits is rung, once") {
  const SharedArena shared;
  auto& queue = *shared.arena.At<os::WaitQueue>(shared.Allocate(kSize, 1));
  Loop waker(shared);
  Loop loop(shared);
  const auto wake = [&](os::WakeCount count) {
    return os::Wake(shared.arena, queue, count, waker.slot(), waker.doorbell.get());
  };

  wake(os::WakeCount::kAll);
  CHECK(!loop.WasRung());
  loop.WaitIn(queue);
  wake(os::WakeCount::kOne);
  CHECK(loop.WasRung());
  CHECK(!queue.loops.Has(loop.slot()));
  CHECK(queue.waiting.load() % 2 == 0);
  loop.Hear();
  CHECK(!loop.WasRung());
  wake(os::WakeCount::kOne);
  CHECK(!loop.WasRung());
}

TEST_CASE("loops are rung in turn, or all at once") {
  const SharedArena shared;
  auto& queue = *shared.arena.At<os::WaitQueue>(shared.Allocate(kSize, 1));
  Loop waker(shared);
  std::vector<std::unique_ptr<Loop>> loops;
  for (int i = 0; i < 3; i++) loops.push_back(std::make_unique<Loop>(shared));
  for (const auto& loop : loops) loop->WaitIn(queue);

  for (int turn = 0; turn < 6; turn++) {
    os::Wake(shared.arena, queue, os::WakeCount::kOne, waker.slot(), waker.doorbell.get());
    int rung = -1;
    for (int i = 0; i < 3; i++) {
      if (!loops[i]->WasRung()) continue;
      CHECK(rung == -1);
      rung = i;
    }
    CHECK(rung == turn % 3);
    loops[rung]->Hear();
    loops[rung]->WaitIn(queue);
  }
  os::Wake(shared.arena, queue, os::WakeCount::kAll, waker.slot(), waker.doorbell.get());
  for (const auto& loop : loops) CHECK(loop->WasRung());
  CHECK(queue.loops.IsEmpty());
}

TEST_CASE("a loop is told of its own wake-up without a ring") {
  const SharedArena shared;
  auto& queue = *shared.arena.At<os::WaitQueue>(shared.Allocate(kSize, 1));
  const Loop loop(shared);
  loop.WaitIn(queue);
  CHECK(os::Wake(shared.arena, queue, os::WakeCount::kOne, loop.slot(), loop.doorbell.get()));
  CHECK(!loop.WasRung());
}

TEST_CASE("a loop that is gone is passed over") {
  const SharedArena shared;
  auto& queue = *shared.arena.At<os::WaitQueue>(shared.Allocate(kSize, 1));
  Loop waker(shared);
  Loop gone(shared);
  Loop loop(shared);
  gone.WaitIn(queue);
  loop.WaitIn(queue);
  gone.doorbell.reset();
  os::Wake(shared.arena, queue, os::WakeCount::kOne, waker.slot(), waker.doorbell.get());
  CHECK(loop.WasRung());
}

TEST_CASE("what a killed process waited for, it waits for no more") {
  const SharedArena shared;
  const uint64_t offset = shared.Allocate(kSize, 1);
  auto& queue = *shared.arena.At<os::WaitQueue>(offset);
  mp::test::InChild([&] {
    const uint32_t slot = os::SlotOf(shared.ClaimInChild());
    queue.loops.Add(slot);
    queue.threads.Add(slot);
    return raise(SIGKILL);
  });
  CHECK(!queue.loops.IsEmpty());
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(queue.loops.IsEmpty());
  CHECK(queue.threads.IsEmpty());
}

TEST_CASE("a thread that blocks is woken, in another process, too") {
  const SharedArena shared;
  const uint64_t offset = shared.Allocate(kSize, 1);
  auto& queue = *shared.arena.At<os::WaitQueue>(offset);
  auto& state = *shared.arena.At<std::atomic<uint32_t>>(offset + sizeof(os::WaitQueue));
  const Loop waker(shared);
  const auto await_state = [&](uint32_t slot) {
    queue.threads.Add(slot);
    queue.waiting.store((queue.waiting.load() | 1) + 2);
    for (;;) {
      const uint32_t sequence = queue.sequence.load();
      if (state.load() != 0) return 0;
      if (os::FutexWait(&queue.sequence, sequence, 30'000) != 0) return 1;
    }
  };
  const pid_t child =
      mp::test::StartChild([&] { return await_state(os::SlotOf(shared.ClaimInChild())); });
  std::thread thread([&] { await_state(1000); });
  while (!queue.threads.Has(1000)) std::this_thread::yield();
  state.store(1);
  os::Wake(shared.arena, queue, os::WakeCount::kAll, waker.slot(), waker.doorbell.get());
  thread.join();
  CHECK(mp::test::ExitCodeOf(child) == 0);
}

TEST_CASE("a sleep on a word ends in time, or at once when it has changed") {
  std::atomic<uint32_t> word{1};
  CHECK(os::FutexWait(&word, 0, 30'000) == 0);
  CHECK(os::FutexWait(&word, 1, 1) == -ETIMEDOUT);
  CHECK(os::FutexWake(&word, 1) == 0);
}
