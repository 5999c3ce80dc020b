#pragma once

#include <cstdint>

#include "os/arena.h"
#include "os/arena_layout.h"
#include "os/result.h"

namespace mp::os {

// The blocks of the heap, one behind the other to its end. All of this is done under the HeapLock.
//
// A free block may be a hole: its pages are given back, but for those that hold its header and that
// of its successor. Free neighbours are one block, unless just one of them is a hole.
//
// Whoever works here may be killed after any instruction. Therefore a block is split, merged, taken
// and freed by one store of `size_and_flags`; RepairHeap() makes everything else anew from these.

constexpr uint64_t kBlockFlags = kCacheLine - 1;
constexpr uint64_t kUsedFlag = 1;
constexpr uint64_t kHoleFlag = 2;
constexpr uint64_t kLeastBlock = sizeof(Block) + kCacheLine;

inline uint64_t SizeOfBlock(const Block& block) {
  return block.size_and_flags.load() & ~kBlockFlags;
}
inline bool IsUsed(const Block& block) { return (block.size_and_flags.load() & kUsedFlag) != 0; }
inline bool IsHole(const Block& block) { return (block.size_and_flags.load() & kHoleFlag) != 0; }

Block* FirstBlock(const Arena& arena);
// Null behind the last.
Block* BlockAfter(const Arena& arena, const Block& block);

// A block of this size, header included, which is no longer free and not yet used; null when there
// is none. From `kLargeBlock` on, its pages may not be there.
constexpr uint64_t kLargeBlock = 256 * 1024;
Result<Block*> TakeBlock(const Arena& arena, uint64_t size);

// Frees a block, and returns the one that it has become a part of.
Block* FreeBlock(const Arena& arena, Block* block);

// Makes the one block that is there in the beginning.
Result<void> MakeFirstBlock(const Arena& arena);

// What a block stands for in those that it keeps.
inline uint32_t KeeperNumber(const Arena& arena, const Block& block) {
  return static_cast<uint32_t>(arena.OffsetOf(&block) / kCacheLine);
}
inline bool IsKeptBy(const Arena& arena, const Block& block, const Block& keeper) {
  return IsUsed(block) && block.keeper == KeeperNumber(arena, keeper);
}
inline void LoseKeeper(Block* block) {
  block->in_flight.store(0);
  block->keeper = 0;
}

// After the death of somebody who had the lock.
void RepairHeap(const Arena& arena);

}  // namespace mp::os
