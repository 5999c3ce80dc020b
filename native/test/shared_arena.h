#pragma once

#include "os/arena.h"
#include "os/participants.h"
#include "os/shared_heap.h"
#include "vendor/catch.hpp"

namespace mp::test {

// An arena of a test's own, with this thread in it.
struct SharedArena {
  SharedArena() {
    REQUIRE(arena.Map().ok());
    owner = Claim();
  }
  ~SharedArena() { os::LeaveArena(arena, owner); }

  os::OwnerId Claim() const {
    const os::Result<os::OwnerId> claimed = os::ClaimSlot(arena);
    REQUIRE(claimed.ok());
    return claimed.value();
  }

  // In a child of fork(): takes part for itself.
  os::OwnerId ClaimInChild() const {
    os::ForgetClaimedSlots();
    return Claim();
  }

  uint64_t Allocate(uint64_t size, uint32_t queues = 0) const {
    const os::Result<uint64_t> offset = os::AllocateObject(arena, owner, size, {kType, queues});
    REQUIRE(offset.ok());
    return offset.value();
  }

  void Free(uint64_t offset) const { os::DetachObject(arena, owner, offset); }

  os::HeapUsage Usage() const { return os::MeasureHeap(arena, owner); }

  bool IsEmpty() const { return Usage().objects == 0; }

  static constexpr uint32_t kType = 7;

  os::Arena arena;
  os::OwnerId owner = 0;
};

}  // namespace mp::test
