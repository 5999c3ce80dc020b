#pragma once

#include <cstdint>

#include "os/arena.h"
#include "os/arena_layout.h"

namespace mp::os {

// The free blocks, in lists by size: four for each power of two.
class HeapBins {
 public:
  explicit HeapBins(const Arena& arena) : arena_(arena), heap_(arena.header()->heap) {}

  void Clear();
  void Insert(Block* block);
  void Remove(Block* block);
  // A block of at least this size, one of the smallest; null when there is none.
  Block* Find(uint64_t size) const;

 private:
  Block* FindInBin(int bin, uint64_t size) const;

  const Arena& arena_;
  HeapState& heap_;
};

}  // namespace mp::os
