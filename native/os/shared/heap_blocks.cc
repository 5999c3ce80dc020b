#include "os/heap_blocks.h"

#include <algorithm>

#include "os/heap_bins.h"

namespace mp::os {
namespace {

// So much of a hole is made whole at a time.
constexpr uint64_t kChunk = 64 * 1024;
// More than this of free memory is not kept.
constexpr uint64_t kMostSlack = 1024 * 1024;

uint64_t FlagsOf(const Block& block) { return block.size_and_flags.load() & kBlockFlags; }

void SetSize(Block* block, uint64_t size) {
  block->size_and_flags.store(size | FlagsOf(*block), std::memory_order_release);
}

void TellSuccessor(const Arena& arena, const Block& block) {
  Block* next = BlockAfter(arena, block);
  if (next != nullptr) next->size_before = SizeOfBlock(block);
}

Block* BlockBefore(const Arena& arena, const Block& block) {
  const uint64_t offset = arena.OffsetOf(&block);
  return offset == kHeapStart ? nullptr : arena.At<Block>(offset - block.size_before);
}

// What is behind the first `size` bytes becomes a free block of its own, of the same kind. Its
// header can be written.
void Split(const Arena& arena, Block* block, uint64_t size) {
  const uint64_t rest_size = SizeOfBlock(*block) - size;
  if (rest_size < kLeastBlock) return;
  Block* rest = arena.At<Block>(arena.OffsetOf(block) + size);
  rest->size_before = size;
  rest->mark = 0;
  rest->size_and_flags.store(rest_size | (FlagsOf(*block) & kHoleFlag), std::memory_order_release);
  SetSize(block, size);
  TellSuccessor(arena, *rest);
  HeapBins(arena).Insert(rest);
}

// Makes the beginning of a hole, which is in no bin, memory that can be used; unless it is for a
// large block, whose owner does that himself, when he no longer holds others up.
Result<void> FillHole(const Arena& arena, Block* hole, uint64_t size) {
  const uint64_t begin = arena.OffsetOf(hole);
  const uint64_t end = begin + SizeOfBlock(*hole);
  const uint64_t wanted = begin + std::max(size, kChunk);
  const uint64_t boundary = std::min(end, (wanted + kPageSize - 1) / kPageSize * kPageSize);
  const uint64_t from = size < kLargeBlock ? begin : begin + size;
  // The header of the rest included.
  const uint64_t until = boundary == end ? end : boundary + sizeof(Block);
  if (from < until) {
    const Result<void> committed = arena.Commit(from, until - from);
    if (!committed.ok()) return committed;
  }
  Split(arena, hole, boundary - begin);
  hole->size_and_flags.store(SizeOfBlock(*hole), std::memory_order_release);
  return {};
}

// Whether two neighbours should be one block.
bool AreAlike(const Block& one, const Block* other) {
  return other != nullptr && !IsUsed(*other) && IsHole(one) == IsHole(*other);
}

// Neither the block nor what comes of it is in a bin.
Block* MergeWithNeighbours(const Arena& arena, Block* block) {
  Block* next = BlockAfter(arena, *block);
  if (AreAlike(*block, next)) {
    HeapBins(arena).Remove(next);
    SetSize(block, SizeOfBlock(*block) + SizeOfBlock(*next));
  }
  Block* before = BlockBefore(arena, *block);
  if (AreAlike(*block, before)) {
    HeapBins(arena).Remove(before);
    SetSize(before, SizeOfBlock(*before) + SizeOfBlock(*block));
    block = before;
  }
  TellSuccessor(arena, *block);
  return block;
}

// The flag first: who dies before the pages are given back leaves a hole with pages in it.
void MakeHole(Block* block) {
  block->size_and_flags.store(SizeOfBlock(*block) | kHoleFlag, std::memory_order_release);
}

void DiscardPages(const Arena& arena, const Block& hole) {
  arena.Discard(arena.OffsetOf(&hole) + sizeof(Block), SizeOfBlock(hole) - sizeof(Block));
}

bool IsFreeHole(const Block* block) {
  return block != nullptr && !IsUsed(*block) && IsHole(*block);
}

bool IsWorthGivingBack(const Arena& arena, const Block& block) {
  if (SizeOfBlock(block) >= kLargeBlock) return true;
  if (arena.header()->heap.slack <= kMostSlack) return false;
  return IsFreeHole(BlockAfter(arena, block)) || IsFreeHole(BlockBefore(arena, block));
}

bool IsOrphan(const Block& block) {
  return IsUsed(block) && block.in_flight.load() == 0 && block.holders.IsEmpty();
}

// What was kept for an object that its last user was about to free goes with it.
void ReleaseKeptByOrphans(const Arena& arena) {
  for (Block* block = FirstBlock(arena); block != nullptr; block = BlockAfter(arena, *block)) {
    if (!IsUsed(*block) || block->keeper == 0) continue;
    const Block* keeper = arena.At<Block>(uint64_t{block->keeper} * kCacheLine);
    if (IsOrphan(*keeper)) LoseKeeper(block);
  }
}

// Whether the blocks are one behind the other to the end, as they must be.
bool RestoreBackwardLinks(const Arena& arena) {
  uint64_t size_before = 0;
  for (uint64_t offset = kHeapStart; offset != arena.size();) {
    Block* block = arena.At<Block>(offset);
    const uint64_t size = SizeOfBlock(*block);
    if (size < kLeastBlock || size > arena.size() - offset) return false;
    block->size_before = size_before;
    size_before = size;
    offset += size;
  }
  return true;
}

}  // namespace

Block* FirstBlock(const Arena& arena) { return arena.At<Block>(kHeapStart); }

Block* BlockAfter(const Arena& arena, const Block& block) {
  const uint64_t offset = arena.OffsetOf(&block) + SizeOfBlock(block);
  return offset >= arena.size() ? nullptr : arena.At<Block>(offset);
}

Result<Block*> TakeBlock(const Arena& arena, uint64_t size) {
  Block* block = HeapBins(arena).Find(size);
  if (block == nullptr) return static_cast<Block*>(nullptr);
  HeapBins(arena).Remove(block);
  if (IsHole(*block)) {
    const Result<void> filled = FillHole(arena, block, size);
    if (!filled.ok()) {
      HeapBins(arena).Insert(block);
      return filled.error();
    }
  }
  Split(arena, block, size);
  return block;
}

Block* FreeBlock(const Arena& arena, Block* block) {
  block->mark = 0;
  block->size_and_flags.store(SizeOfBlock(*block), std::memory_order_release);
  block = MergeWithNeighbours(arena, block);
  if (IsWorthGivingBack(arena, *block)) {
    MakeHole(block);
    block = MergeWithNeighbours(arena, block);
    DiscardPages(arena, *block);
  }
  HeapBins(arena).Insert(block);
  return block;
}

Result<void> MakeFirstBlock(const Arena& arena) {
  const Result<void> committed = arena.Commit(kHeapStart, sizeof(Block));
  if (!committed.ok()) return committed;
  Block* block = FirstBlock(arena);
  block->size_before = 0;
  block->size_and_flags.store((arena.size() - kHeapStart) | kHoleFlag);
  HeapBins bins(arena);
  bins.Clear();
  bins.Insert(block);
  return {};
}

void RepairHeap(const Arena& arena) {
  HeapBins bins(arena);
  bins.Clear();
  if (!RestoreBackwardLinks(arena)) {
    arena.header()->heap.is_broken = 1;
    return;
  }
  ReleaseKeptByOrphans(arena);
  for (Block* block = FirstBlock(arena); block != nullptr; block = BlockAfter(arena, *block)) {
    // Taken, or given up, by the one who died.
    if (IsOrphan(*block)) MakeHole(block);
    if (IsUsed(*block)) continue;
    for (Block* next = BlockAfter(arena, *block); AreAlike(*block, next);
         next = BlockAfter(arena, *block)) {
      SetSize(block, SizeOfBlock(*block) + SizeOfBlock(*next));
    }
    TellSuccessor(arena, *block);
    if (IsHole(*block)) DiscardPages(arena, *block);
    bins.Insert(block);
  }
}

}  // namespace mp::os
