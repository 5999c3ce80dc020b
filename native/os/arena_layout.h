#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "os/doorbell.h"

namespace mp::os {

// What stands where in the arena. Every process of the tree reads it, and TypeScript, too
// (ts/arena/layout.ts): numbers are little-endian.

static_assert(std::atomic<uint32_t>::is_always_lock_free && sizeof(std::atomic<uint32_t>) == 4);
static_assert(std::atomic<uint64_t>::is_always_lock_free && sizeof(std::atomic<uint64_t>) == 8);

constexpr uint64_t kPageSize = 4096;
constexpr uint64_t kCacheLine = 64;

// Each thread of each process that uses the arena has a slot of its own. Slot 0 stands for none.
constexpr uint32_t kSlots = 1024;

// A set of slots.
struct SlotSet {
  std::atomic<uint32_t> words[kSlots / 32];

  bool Has(uint32_t slot) const { return (words[slot / 32].load() & BitOf(slot)) != 0; }
  // Whether it was not in.
  bool Add(uint32_t slot) { return (words[slot / 32].fetch_or(BitOf(slot)) & BitOf(slot)) == 0; }
  // Whether it was in.
  bool Remove(uint32_t slot) {
    return (words[slot / 32].fetch_and(~BitOf(slot)) & BitOf(slot)) != 0;
  }
  bool IsEmpty() const {
    for (const auto& word : words) {
      if (word.load() != 0) return false;
    }
    return true;
  }
  void Clear() {
    for (auto& word : words) word.store(0);
  }
  static uint32_t BitOf(uint32_t slot) { return 1u << (slot % 32); }
};

enum class SlotState : uint32_t {
  kFree = 0,
  kUsed = 1,
  // The thread is ending in an orderly way; what it holds then, it leaves on purpose.
  kLeaving = 2,
  // Free again after a death that was none of these.
  kFreeAfterDeath = 3,
};

struct Slot {
  std::atomic<SlotState> state;
  // Counts the tenants.
  std::atomic<uint32_t> generation;
  // Of the last 64 tenants, the newest at bit 0: who died without leaving.
  std::atomic<uint64_t> deaths;
  // A ring is on its way that the tenant has not heard yet.
  std::atomic<uint32_t> rung;
  uint32_t unused;
  DoorbellName doorbell;
  uint64_t padding[3];
};
static_assert(sizeof(Slot) == kCacheLine);

// Who wait for something; see os/wait_queue.h.
struct WaitQueue {
  // Threads that block sleep on it; it changes with each wake-up.
  std::atomic<uint32_t> sequence;
  // Odd: there may be somebody in one of the sets. It grows with everybody who comes.
  std::atomic<uint32_t> waiting;
  // Of the loops, after which slot the next one to ring is looked for.
  std::atomic<uint32_t> last_rung;
  uint32_t padding[13];
  // Event loops that want to be rung.
  SlotSet loops;
  // Threads that block.
  SlotSet threads;
};
static_assert(sizeof(WaitQueue) == 5 * kCacheLine);

// A piece of the heap, free or an object; see os/shared_heap.h. What the object holds follows, wait
// queues first.
struct Block {
  // Bytes with this header; the lowest bits are flags.
  std::atomic<uint64_t> size_and_flags;
  uint64_t size_before;
  // Of a free block: the neighbours in its bin, 0 for none.
  uint64_t next_free;
  uint64_t previous_free;
  // Tells this object from others that were or will be at the same place.
  uint64_t serial;
  // Copies of the reference in messages that nobody has read yet.
  std::atomic<uint32_t> in_flight;
  uint32_t type;
  uint32_t queues;
  uint32_t mark;
  // The object whose content the message in flight is, which keeps it: its offset in cache lines,
  // or 0.
  uint32_t keeper;
  // Not 0: there may be objects that this one keeps.
  uint32_t keeps;
  // Who has a reference.
  SlotSet holders;
};
static_assert(sizeof(Block) == 3 * kCacheLine);

constexpr int kBins = 128;

struct HeapState {
  // The owner id of whoever works on the heap (os/participants), and a flag.
  std::atomic<uint32_t> lock;
  // It was found damaged: nothing is allocated any more.
  uint32_t is_broken;
  uint64_t next_serial;
  // Bytes of the free blocks whose pages are there.
  uint64_t slack;
  uint64_t occupied_bins[kBins / 64];
  uint64_t bins[kBins];
};

constexpr uint64_t kArenaMagic = 0x31414e4552414d50;  // "PMARENA1"

struct ArenaHeader {
  // Written last.
  std::atomic<uint64_t> magic;
  // Tells the arenas of two trees apart; a random number of 53 bits, which JavaScript can hold.
  uint64_t id;
  // Where the search for a free slot begins; goes round.
  std::atomic<uint32_t> next_slot;
  uint32_t padding[11];
  HeapState heap;
  alignas(kCacheLine) Slot slots[kSlots];
};

// Where the heap begins: at a page, so that what is given back never touches the header.
constexpr uint64_t kHeapStart = (sizeof(ArenaHeader) + kPageSize - 1) / kPageSize * kPageSize;

}  // namespace mp::os
