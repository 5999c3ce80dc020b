// The heap of the arena: what it hands out, what comes back, and what is left when its users are
// killed.

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "child.h"
#include "os/arena_layout.h"
#include "os/heap_blocks.h"
#include "os/heap_lock.h"
#include "shared_arena.h"

namespace os = mp::os;
using mp::test::SharedArena;

namespace {

uint64_t BytesInUse(const os::Arena& arena) {
  struct stat status {};
  REQUIRE(fstat(arena.fd(), &status) == 0);
  return static_cast<uint64_t>(status.st_blocks) * 512;
}

bool IsFilledWith(const char* memory, uint64_t size, char value) {
  return std::all_of(memory, memory + size, [value](char byte) { return byte == value; });
}

// Allocates and frees at random; what it holds is never changed by others.
void Churn(const os::Arena& arena, os::OwnerId owner, unsigned seed, int rounds) {
  std::mt19937 random(seed);
  std::map<uint64_t, uint64_t> held;
  for (int round = 0; round < rounds; round++) {
    if (held.size() < 20 && random() % 2 == 0) {
      const uint64_t size = 1 + random() % (random() % 20 == 0 ? 700'000 : 3000);
      const auto offset = os::AllocateObject(arena, owner, size, {SharedArena::kType, 0});
      if (!offset.ok()) _exit(3);
      char* memory = arena.At<char>(offset.value());
      if (memory[0] != 0 || memory[size - 1] != 0) _exit(4);
      std::memset(memory, static_cast<int>(owner), std::min<uint64_t>(size, 5000));
      held[offset.value()] = std::min<uint64_t>(size, 5000);
    } else if (!held.empty()) {
      const auto victim = std::next(held.begin(), random() % held.size());
      const char* memory = arena.At<char>(victim->first);
      if (!IsFilledWith(memory, victim->second, static_cast<char>(owner))) _exit(5);
      os::DetachObject(arena, owner, victim->first);
      held.erase(victim);
    }
  }
  for (const auto& [offset, size] : held) os::DetachObject(arena, owner, offset);
}

}  // namespace

TEST_CASE("an object is made of zeros, on a cache line of its own") {
  const SharedArena shared;
  for (const uint64_t size : {0, 1, 64, 100, 5000, 100'000, 300'000, 5'000'000}) {
    const uint64_t offset = shared.Allocate(size);
    CHECK(offset % os::kCacheLine == 0);
    CHECK(os::SizeOf(shared.arena, offset) >= size);
    CHECK(IsFilledWith(shared.arena.At<char>(offset), size, 0));
    std::memset(shared.arena.At<char>(offset), 'x', size);
    shared.Free(offset);
    const uint64_t again = shared.Allocate(size);
    CHECK(IsFilledWith(shared.arena.At<char>(again), size, 0));
    shared.Free(again);
  }
}

TEST_CASE("objects do not overlap, and what is freed is used again") {
  const SharedArena shared;
  const os::HeapUsage before = shared.Usage();
  const uint64_t in_use = BytesInUse(shared.arena);
  Churn(shared.arena, shared.owner, 1, 20'000);
  const os::HeapUsage after = shared.Usage();
  CHECK(before.objects == 0);
  CHECK(after.objects == 0);
  CHECK(BytesInUse(shared.arena) <= in_use + 2 * 1024 * 1024);
}

TEST_CASE("the memory of a large object goes back to the system") {
  const SharedArena shared;
  const uint64_t before = BytesInUse(shared.arena);
  constexpr uint64_t kSize = 8 << 20;
  const uint64_t offset = shared.Allocate(kSize);
  CHECK(BytesInUse(shared.arena) >= before + kSize);
  shared.Free(offset);
  CHECK(BytesInUse(shared.arena) <= before + 256 * 1024);
}

TEST_CASE("many small objects that are freed give their memory back, too") {
  const SharedArena shared;
  const uint64_t before = BytesInUse(shared.arena);
  std::vector<uint64_t> offsets;
  for (int i = 0; i < 5000; i++) offsets.push_back(shared.Allocate(1000));
  CHECK(BytesInUse(shared.arena) >= before + 5000 * 1000);
  for (const uint64_t offset : offsets) shared.Free(offset);
  CHECK(BytesInUse(shared.arena) <= before + 512 * 1024);
}

TEST_CASE("what does not fit is an error, and the heap goes on") {
  const SharedArena shared;
  for (const uint64_t size :
       {shared.arena.size(), shared.arena.size() - os::kHeapStart, ~uint64_t{0}}) {
    const auto offset = os::AllocateObject(shared.arena, shared.owner, size, {1, 0});
    REQUIRE(!offset.ok());
    CHECK(offset.error().errnum == ENOMEM);
  }
  shared.Free(shared.Allocate(100));
  CHECK(shared.IsEmpty());
}

TEST_CASE("the arena is smaller where limits are") {
  const auto size_within = [](decltype(RLIMIT_AS) resource, rlim_t bytes) {
    return mp::test::InChild([=] {
      const rlimit limit{bytes, bytes};
      REQUIRE(setrlimit(resource, &limit) == 0);
      os::Arena arena;
      REQUIRE(arena.Map().ok());
      return static_cast<int>(arena.size() >> 20);
    });
  };
  CHECK(size_within(RLIMIT_FSIZE, 100 << 20) == 100);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(size_within(RLIMIT_AS, 400 << 20) == 100);
#endif
}

TEST_CASE("an object lives as long as somebody has it") {
  const SharedArena shared;
  const os::OwnerId other = shared.Claim();
  const uint64_t offset = shared.Allocate(64);
  const uint64_t serial = os::SerialOf(shared.arena, offset);
  const auto attach = [&] {
    return os::AttachObject(shared.arena, other, offset, serial, SharedArena::kType);
  };

  CHECK(attach());
  shared.Free(offset);
  CHECK(!shared.IsEmpty());
  os::DetachObject(shared.arena, other, offset);
  CHECK(shared.IsEmpty());
  CHECK(!attach());
  os::LeaveArena(shared.arena, other);
}

TEST_CASE("an object that is on its way is still there when it arrives") {
  const SharedArena shared;
  const os::OwnerId other = shared.Claim();
  const uint64_t offset = shared.Allocate(64);
  const uint64_t serial = os::SerialOf(shared.arena, offset);
  os::PinObject(shared.arena, shared.owner, offset);
  shared.Free(offset);
  CHECK(!shared.IsEmpty());
  CHECK(os::AttachObject(shared.arena, other, offset, serial, SharedArena::kType));
  os::DetachObject(shared.arena, other, offset);
  CHECK(shared.IsEmpty());

  const uint64_t lost = shared.Allocate(64);
  os::PinObject(shared.arena, shared.owner, lost);
  shared.Free(lost);
  os::UnpinObject(shared.arena, shared.owner, lost);
  CHECK(shared.IsEmpty());
  os::LeaveArena(shared.arena, other);
}

TEST_CASE("what is no object is not taken for one") {
  const SharedArena shared;
  const uint64_t offset = shared.Allocate(64);
  const uint64_t serial = os::SerialOf(shared.arena, offset);
  const auto attach = [&](uint64_t at, uint64_t number, uint32_t type) {
    return os::AttachObject(shared.arena, shared.owner, at, number, type);
  };
  CHECK(!attach(offset, serial + 1, SharedArena::kType));
  CHECK(!attach(offset, serial, SharedArena::kType + 1));
  CHECK(!attach(offset + 64, serial, SharedArena::kType));
  CHECK(!attach(offset + 1, serial, SharedArena::kType));
  CHECK(!attach(0, serial, SharedArena::kType));
  CHECK(!attach(shared.arena.size(), serial, SharedArena::kType));
  CHECK(!attach(~uint64_t{0}, serial, SharedArena::kType));
  shared.Free(offset);
}

TEST_CASE("what a killed process had is freed") {
  const SharedArena shared;
  const uint64_t common = shared.Allocate(64);
  const uint64_t serial = os::SerialOf(shared.arena, common);
  const int exit_code = mp::test::InChild([&] {
    const os::OwnerId self = shared.ClaimInChild();
    REQUIRE(os::AttachObject(shared.arena, self, common, serial, SharedArena::kType));
    for (int i = 0; i < 10; i++) {
      REQUIRE(os::AllocateObject(shared.arena, self, 1000, {1, 0}).ok());
    }
    return raise(SIGKILL);
  });
  CHECK(exit_code == -SIGKILL);
  CHECK(shared.Usage().objects == 11);
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(shared.Usage().objects == 1);
  shared.Free(common);
  CHECK(shared.IsEmpty());
}

TEST_CASE("a forked child gets what its parent had at the fork") {
  const SharedArena shared;
  const uint64_t offset = shared.Allocate(64);
  const uint64_t serial = os::SerialOf(shared.arena, offset);
  os::PinObjectsOf(shared.arena, shared.owner);
  const pid_t child = mp::test::StartChild([&] {
    const os::OwnerId self = shared.ClaimInChild();
    // Until the parent has let go of it.
    while (shared.arena.At<std::atomic<uint32_t>>(offset)->load() == 0) {
    }
    return os::AttachObject(shared.arena, self, offset, serial, SharedArena::kType) ? 0 : 1;
  });
  shared.Free(offset);
  CHECK(!shared.IsEmpty());
  shared.arena.At<std::atomic<uint32_t>>(offset)->store(1);
  CHECK(mp::test::ExitCodeOf(child) == 0);
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(shared.IsEmpty());
}

TEST_CASE("who dies at work on the heap does not stop the others") {
  const SharedArena shared;
  const int exit_code = mp::test::InChild([&] {
    const os::HeapLock lock(shared.arena, shared.ClaimInChild());
    // Taken out of its bin, and not used yet.
    REQUIRE(os::TakeBlock(shared.arena, 1024).ok());
    return raise(SIGKILL);
  });
  CHECK(exit_code == -SIGKILL);
  shared.Free(shared.Allocate(1024));
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(shared.IsEmpty());
  CHECK(shared.Usage().free_blocks <= 2);
}

TEST_CASE("a heap that was written over is said to be damaged") {
  const SharedArena shared;
  const uint64_t offset = shared.Allocate(64);
  const int exit_code = mp::test::InChild([&] {
    const os::HeapLock lock(shared.arena, shared.ClaimInChild());
    os::FirstBlock(shared.arena)->size_and_flags.store(1);
    return raise(SIGKILL);
  });
  CHECK(exit_code == -SIGKILL);
  const auto allocated = os::AllocateObject(shared.arena, shared.owner, 64, {1, 0});
  REQUIRE(!allocated.ok());
  CHECK(allocated.error().errnum == ENOTRECOVERABLE);
  // So that the end of this test can walk it.
  os::FirstBlock(shared.arena)
      ->size_and_flags.store((offset - os::kHeapStart + os::kCacheLine) | os::kUsedFlag);
}

TEST_CASE("what an object keeps lives as long as that, and no longer") {
  const SharedArena shared;
  const uint64_t keeper = shared.Allocate(64);
  std::vector<uint64_t> kept;
  for (int i = 0; i < 5; i++) {
    kept.push_back(shared.Allocate(1000));
    os::PinObjectFor(shared.arena, shared.owner, kept.back(), keeper);
    shared.Free(kept.back());
  }
  CHECK(shared.Usage().objects == 6);
  // Given back before.
  os::UnpinObject(shared.arena, shared.owner, kept[1]);
  CHECK(shared.Usage().objects == 5);
  // Somebody has taken it: it is his.
  const uint64_t serial = os::SerialOf(shared.arena, kept[2]);
  CHECK(os::AttachObject(shared.arena, shared.owner, kept[2], serial, SharedArena::kType));
  shared.Free(keeper);
  CHECK(shared.Usage().objects == 1);
  shared.Free(kept[2]);
  CHECK(shared.IsEmpty());
}

TEST_CASE("what an object keeps goes with it when its last user is killed") {
  const SharedArena shared;
  const int exit_code = mp::test::InChild([&] {
    const os::OwnerId self = shared.ClaimInChild();
    const auto keeper = os::AllocateObject(shared.arena, self, 64, {1, 0});
    for (int i = 0; i < 5; i++) {
      const auto kept = os::AllocateObject(shared.arena, self, 1000, {1, 0});
      os::PinObjectFor(shared.arena, self, kept.value(), keeper.value());
      os::DetachObject(shared.arena, self, kept.value());
    }
    return raise(SIGKILL);
  });
  CHECK(exit_code == -SIGKILL);
  CHECK(shared.Usage().objects == 6);
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(shared.IsEmpty());
}

TEST_CASE("what is kept is freed by those who repair, too") {
  const SharedArena shared;
  const int exit_code = mp::test::InChild([&] {
    const os::OwnerId self = shared.ClaimInChild();
    const auto keeper = os::AllocateObject(shared.arena, self, 64, {1, 0});
    const auto kept = os::AllocateObject(shared.arena, self, 1000, {1, 0});
    os::PinObjectFor(shared.arena, self, kept.value(), keeper.value());
    os::DetachObject(shared.arena, self, kept.value());
    // As if it had been killed between giving up the keeper and freeing what that keeps.
    const os::HeapLock lock(shared.arena, self);
    shared.arena.At<os::Block>(keeper.value() - sizeof(os::Block))->holders.Clear();
    return raise(SIGKILL);
  });
  CHECK(exit_code == -SIGKILL);
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(shared.IsEmpty());
}

TEST_CASE("processes that are killed at any moment leave a heap in order", "[not-under-tsan]") {
  const SharedArena shared;
  const uint64_t before = BytesInUse(shared.arena);
  std::mt19937 random(5);
  std::vector<pid_t> children;
  const auto start = [&](unsigned seed) {
    return mp::test::StartChild([&, seed] {
      const os::OwnerId self = shared.ClaimInChild();
      for (unsigned turn = 0;; turn++) Churn(shared.arena, self, seed + turn, 1000);
      return 0;
    });
  };
  for (unsigned i = 0; i < 3; i++) children.push_back(start(i));
  for (unsigned kill_count = 0; kill_count < 150; kill_count++) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 6000));
    pid_t& victim = children[random() % children.size()];
    kill(victim, SIGKILL);
    REQUIRE(mp::test::ExitCodeOf(victim) == -SIGKILL);
    victim = start(100 + kill_count);
    shared.Free(shared.Allocate(200));
  }
  for (const pid_t child : children) {
    kill(child, SIGKILL);
    mp::test::ExitCodeOf(child);
  }
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(shared.IsEmpty());
  Churn(shared.arena, shared.owner, 9, 1000);
  CHECK(shared.IsEmpty());
  CHECK(BytesInUse(shared.arena) <= before + 2 * 1024 * 1024);
}

TEST_CASE("threads share the heap") {
  const SharedArena shared;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; i++) {
    threads.emplace_back([&, i, owner = shared.Claim()] {
      Churn(shared.arena, owner, i, 3000);
      os::LeaveArena(shared.arena, owner);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(shared.IsEmpty());
}
