#include "os/shared_heap.h"

#include <cerrno>
#include <cstring>

#include "os/heap_blocks.h"
#include "os/heap_lock.h"

namespace mp::os {
namespace {

// What the header of an object begins to look like when it is complete.
constexpr uint32_t kObjectMark = 0x4a424f4d;

Block* BlockOf(const Arena& arena, uint64_t offset) {
  return arena.At<Block>(offset - sizeof(Block));
}

bool MayBeObject(const Arena& arena, uint64_t offset) {
  return offset >= kHeapStart + sizeof(Block) && offset < arena.size() && offset % kCacheLine == 0;
}

uint64_t BlockSizeFor(uint64_t size) {
  const uint64_t least = size == 0 ? 1 : size;
  return (sizeof(Block) + least + kCacheLine - 1) / kCacheLine * kCacheLine;
}

void BecomeObject(const Arena& arena, Block* block, OwnerId owner, ObjectKind kind) {
  block->serial = ++arena.header()->heap.next_serial;
  block->in_flight.store(0);
  block->type = kind.type;
  block->queues = kind.queues;
  block->keeper = 0;
  block->keeps = 0;
  block->holders.Clear();
  block->holders.Add(SlotOf(owner));
  block->mark = kObjectMark;
  block->size_and_flags.store(SizeOfBlock(*block) | kUsedFlag, std::memory_order_release);
}

Result<Block*> TakeObject(const Arena& arena, OwnerId owner, uint64_t size, ObjectKind kind) {
  const HeapLock lock(arena, owner);
  if (arena.header()->heap.is_broken != 0) return SysError{ENOTRECOVERABLE, "fallocate"};
  Result<Block*> block = TakeBlock(arena, size);
  if (block.ok() && block.value() != nullptr) BecomeObject(arena, block.value(), owner, kind);
  return block;
}

// Without the lock: it may take long.
Result<void> ClearMemory(const Arena& arena, Block* block) {
  char* begin = reinterpret_cast<char*>(block) + sizeof(Block);
  const uint64_t offset = arena.OffsetOf(begin);
  const uint64_t size = SizeOfBlock(*block) - sizeof(Block);
  if (SizeOfBlock(*block) < kLargeBlock) {
    std::memset(begin, 0, size);
    return {};
  }
  // New pages are zero, and are made so only when they are touched.
  arena.Discard(offset, size);
  const Result<void> committed = arena.Commit(offset, size);
  if (!committed.ok()) return committed;
  std::memset(begin, 0, kPageSize - offset % kPageSize);
  const uint64_t tail = (offset + size) % kPageSize;
  std::memset(begin + size - tail, 0, tail);
  return {};
}

bool IsReferenced(const Block& block) {
  return block.in_flight.load() != 0 || !block.holders.IsEmpty();
}

void ReleaseKept(const Arena& arena, const Block& keeper);

Block* FreeIfUnreferenced(const Arena& arena, Block* block) {
  if (IsReferenced(*block)) return block;
  // First: who dies in the middle leaves the keeper for RepairHeap() to find.
  if (block->keeps != 0) ReleaseKept(arena, *block);
  return FreeBlock(arena, block);
}

// The keeper stays in use meanwhile, so that whoever walks over the blocks can go on from there.
void ReleaseKept(const Arena& arena, const Block& keeper) {
  for (Block* block = FirstBlock(arena); block != nullptr; block = BlockAfter(arena, *block)) {
    if (!IsKeptBy(arena, *block, keeper)) continue;
    LoseKeeper(block);
    block = FreeIfUnreferenced(arena, block);
  }
}

bool IsObject(const Block& block, uint64_t serial, uint32_t type) {
  return block.mark == kObjectMark && IsUsed(block) && block.serial == serial && block.type == type;
}

void Unpin(Block* block) {
  if (block->in_flight.load() > 0) block->in_flight--;
  if (block->in_flight.load() == 0) block->keeper = 0;
}

template <typename Visit>
void ForEachObject(const Arena& arena, Visit visit) {
  for (Block* block = FirstBlock(arena); block != nullptr; block = BlockAfter(arena, *block)) {
    if (IsUsed(*block)) block = visit(block);
  }
}

template <typename Change>
void ForEachObjectOf(const Arena& arena, OwnerId owner, Change change) {
  const HeapLock lock(arena, owner);
  ForEachObject(arena, [&](Block* block) {
    if (block->holders.Has(SlotOf(owner))) change(block);
    return block;
  });
}

// Removes every trace of a slot.
Block* ForgetSlot(const Arena& arena, Block* block, uint32_t slot) {
  auto* queues = reinterpret_cast<WaitQueue*>(block + 1);
  for (uint32_t i = 0; i < block->queues; i++) {
    queues[i].loops.Remove(slot);
    queues[i].threads.Remove(slot);
  }
  return block->holders.Remove(slot) ? FreeIfUnreferenced(arena, block) : block;
}

void ForgetSlotEverywhere(const Arena& arena, uint32_t slot) {
  ForEachObject(arena, [&](Block* block) { return ForgetSlot(arena, block, slot); });
}

}  // namespace

Result<void> FormatHeap(const Arena& arena) { return MakeFirstBlock(arena); }

Result<uint64_t> AllocateObject(const Arena& arena, OwnerId owner, uint64_t size, ObjectKind kind) {
  if (size > arena.size()) return SysError{ENOMEM, "fallocate"};
  Result<Block*> block = TakeObject(arena, owner, BlockSizeFor(size), kind);
  if (!block.ok()) return block.error();
  if (block.value() == nullptr) {
    SweepAbandonedSlots(arena, owner);
    block = TakeObject(arena, owner, BlockSizeFor(size), kind);
    if (!block.ok()) return block.error();
    if (block.value() == nullptr) return SysError{ENOMEM, "fallocate"};
  }
  const uint64_t offset = arena.OffsetOf(block.value()) + sizeof(Block);
  const Result<void> cleared = ClearMemory(arena, block.value());
  if (cleared.ok()) return offset;
  DetachObject(arena, owner, offset);
  return cleared.error();
}

uint64_t SerialOf(const Arena& arena, uint64_t offset) { return BlockOf(arena, offset)->serial; }

uint64_t SizeOf(const Arena& arena, uint64_t offset) {
  return SizeOfBlock(*BlockOf(arena, offset)) - sizeof(Block);
}

bool AttachObject(const Arena& arena, OwnerId owner, uint64_t offset, uint64_t serial,
                  uint32_t type) {
  if (!MayBeObject(arena, offset)) return false;
  const HeapLock lock(arena, owner);
  Block* block = BlockOf(arena, offset);
  if (!IsObject(*block, serial, type)) return false;
  block->holders.Add(SlotOf(owner));
  Unpin(block);
  return true;
}

void DetachObject(const Arena& arena, OwnerId owner, uint64_t offset) {
  const HeapLock lock(arena, owner);
  Block* block = BlockOf(arena, offset);
  if (block->holders.Remove(SlotOf(owner))) FreeIfUnreferenced(arena, block);
}

void PinObject(const Arena& arena, OwnerId owner, uint64_t offset) {
  const HeapLock lock(arena, owner);
  BlockOf(arena, offset)->in_flight++;
}

void UnpinObject(const Arena& arena, OwnerId owner, uint64_t offset) {
  const HeapLock lock(arena, owner);
  Block* block = BlockOf(arena, offset);
  Unpin(block);
  FreeIfUnreferenced(arena, block);
}

void PinObjectFor(const Arena& arena, OwnerId owner, uint64_t offset, uint64_t keeper) {
  const HeapLock lock(arena, owner);
  Block* block = BlockOf(arena, offset);
  BlockOf(arena, keeper)->keeps = 1;
  // Before it is in flight, which would keep it without end.
  block->keeper = KeeperNumber(arena, *BlockOf(arena, keeper));
  block->in_flight++;
}

void PinObjectsOf(const Arena& arena, OwnerId owner) {
  ForEachObjectOf(arena, owner, [](Block* block) { block->in_flight++; });
}

void UnpinObjectsOf(const Arena& arena, OwnerId owner) { ForEachObjectOf(arena, owner, Unpin); }

void LeaveArena(const Arena& arena, OwnerId owner) {
  {
    const HeapLock lock(arena, owner);
    ForgetSlotEverywhere(arena, SlotOf(owner));
  }
  // Not before the lock is given up: it would be taken from somebody who is not there any more.
  VacateSlot(arena, SlotOf(owner));
}

void SweepAbandonedSlots(const Arena& arena, OwnerId owner) {
  // Under the lock from the start: a dead owner of it is found before his slot is touched.
  const HeapLock lock(arena, owner);
  for (const uint32_t slot : TakeAbandonedSlots(arena)) {
    ForgetSlotEverywhere(arena, slot);
    VacateSlot(arena, slot);
  }
}

HeapUsage MeasureHeap(const Arena& arena, OwnerId owner) {
  const HeapLock lock(arena, owner);
  HeapUsage usage{0, 0, 0};
  for (Block* block = FirstBlock(arena); block != nullptr; block = BlockAfter(arena, *block)) {
    if (IsUsed(*block)) {
      usage.objects++;
      usage.bytes += SizeOfBlock(*block);
    } else {
      usage.free_blocks++;
    }
  }
  return usage;
}

}  // namespace mp::os
