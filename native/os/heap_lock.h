#pragma once

#include "os/arena.h"
#include "os/participants.h"

namespace mp::os {

// The right to work on the heap, for as long as it lives. When the one before died with it, the
// heap is repaired first.
class HeapLock {
 public:
  HeapLock(const Arena& arena, OwnerId owner);
  ~HeapLock();
  HeapLock(const HeapLock&) = delete;
  HeapLock& operator=(const HeapLock&) = delete;

 private:
  void AcquireContended(OwnerId owner);
  bool TakeFromDead(uint32_t seen, OwnerId owner);

  const Arena& arena_;
  std::atomic<uint32_t>& word_;
};

}  // namespace mp::os
