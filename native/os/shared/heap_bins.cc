#include "os/heap_bins.h"

#include <algorithm>
#include <iterator>

#include "os/heap_blocks.h"

namespace mp::os {
namespace {

int BinOf(uint64_t size) {
  const uint64_t units = size / kCacheLine;
  const int log = 63 - __builtin_clzll(units);
  if (log < 2) return static_cast<int>(units);
  return log * 4 + static_cast<int>(units >> (log - 2) & 3);
}

}  // namespace

void HeapBins::Clear() {
  heap_.slack = 0;
  std::fill(std::begin(heap_.bins), std::end(heap_.bins), 0);
  std::fill(std::begin(heap_.occupied_bins), std::end(heap_.occupied_bins), 0);
}

void HeapBins::Insert(Block* block) {
  const int bin = BinOf(SizeOfBlock(*block));
  const uint64_t offset = arena_.OffsetOf(block);
  block->previous_free = 0;
  block->next_free = heap_.bins[bin];
  if (block->next_free != 0) arena_.At<Block>(block->next_free)->previous_free = offset;
  heap_.bins[bin] = offset;
  heap_.occupied_bins[bin / 64] |= uint64_t{1} << (bin % 64);
  if (!IsHole(*block)) heap_.slack += SizeOfBlock(*block);
}

void HeapBins::Remove(Block* block) {
  if (!IsHole(*block)) heap_.slack -= SizeOfBlock(*block);
  const int bin = BinOf(SizeOfBlock(*block));
  if (block->next_free != 0) {
    arena_.At<Block>(block->next_free)->previous_free = block->previous_free;
  }
  if (block->previous_free != 0) {
    arena_.At<Block>(block->previous_free)->next_free = block->next_free;
    return;
  }
  heap_.bins[bin] = block->next_free;
  if (block->next_free == 0) heap_.occupied_bins[bin / 64] &= ~(uint64_t{1} << (bin % 64));
}

Block* HeapBins::Find(uint64_t size) const {
  const int first = BinOf(size);
  if (Block* block = FindInBin(first, size)) return block;
  for (int bin = first + 1; bin < kBins; bin = (bin / 64 + 1) * 64) {
    const uint64_t rest = heap_.occupied_bins[bin / 64] >> (bin % 64);
    // All that are in a higher bin are large enough.
    if (rest != 0) return arena_.At<Block>(heap_.bins[bin + __builtin_ctzll(rest)]);
  }
  return nullptr;
}

Block* HeapBins::FindInBin(int bin, uint64_t size) const {
  for (uint64_t offset = heap_.bins[bin]; offset != 0;) {
    Block* block = arena_.At<Block>(offset);
    if (SizeOfBlock(*block) >= size) return block;
    offset = block->next_free;
  }
  return nullptr;
}

}  // namespace mp::os
