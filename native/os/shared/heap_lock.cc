#include "os/heap_lock.h"

#include "os/futex.h"
#include "os/heap_blocks.h"

namespace mp::os {
namespace {

// Others sleep until the lock is given up.
constexpr uint32_t kContended = 1u << 31;
// How often sleepers look whether the owner is still alive.
constexpr int kLookMs = 20;

}  // namespace

HeapLock::HeapLock(const Arena& arena, OwnerId owner)
    : arena_(arena), word_(arena.header()->heap.lock) {
  uint32_t free = 0;
  if (!word_.compare_exchange_strong(free, owner)) AcquireContended(owner);
}

HeapLock::~HeapLock() {
  if ((word_.exchange(0) & kContended) != 0) FutexWake(&word_, 1);
}

void HeapLock::AcquireContended(OwnerId owner) {
  for (;;) {
    uint32_t seen = word_.load();
    if (seen == 0) {
      // There may be others still, who sleep.
      if (word_.compare_exchange_strong(seen, owner | kContended)) return;
      continue;
    }
    if ((seen & kContended) == 0 && !word_.compare_exchange_strong(seen, seen | kContended)) {
      continue;
    }
    const bool looked_away = FutexWait(&word_, seen | kContended, kLookMs) == 0;
    if (!looked_away && TakeFromDead(seen | kContended, owner)) return;
  }
}

bool HeapLock::TakeFromDead(uint32_t seen, OwnerId owner) {
  if (IsOwnerAlive(arena_, seen & kOwnerMask)) return false;
  if (!word_.compare_exchange_strong(seen, owner | kContended)) return false;
  RepairHeap(arena_);
  return true;
}

}  // namespace mp::os
