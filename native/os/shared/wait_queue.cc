#include "os/wait_queue.h"

#include <climits>

#include "os/futex.h"

namespace mp::os {
namespace {

// The next member behind `slot`, going round; 0 when there is none.
uint32_t NextMember(const SlotSet& set, uint32_t slot) {
  constexpr uint32_t kWords = kSlots / 32;
  uint32_t word = slot / 32;
  const uint32_t below_and_self = SlotSet::BitOf(slot) | (SlotSet::BitOf(slot) - 1);
  uint32_t members = set.words[word].load() & ~below_and_self;
  for (uint32_t looked = 0; looked <= kWords; looked++) {
    if (members != 0) return word * 32 + static_cast<uint32_t>(__builtin_ctz(members));
    word = (word + 1) % kWords;
    members = set.words[word].load();
  }
  return 0;
}

// False: nobody is there.
bool Ring(const Arena& arena, uint32_t number, int doorbell) {
  Slot& slot = arena.header()->slots[number];
  // It looks after everything when it hears the ring that is on its way.
  return slot.rung.exchange(1) != 0 || RingDoorbell(doorbell, slot.doorbell);
}

// Takes the next loop out of the set, and rings it. Its slot; 0 when there is none.
uint32_t WakeOneLoop(const Arena& arena, WaitQueue& queue, uint32_t self, int doorbell) {
  for (;;) {
    const uint32_t number = NextMember(queue.loops, queue.last_rung.load());
    if (number == 0) return 0;
    if (!queue.loops.Remove(number)) continue;
    queue.last_rung.store(number);
    if (number == self || Ring(arena, number, doorbell)) return number;
  }
}

void WakeThreads(WaitQueue& queue, int count) {
  if (queue.threads.IsEmpty()) return;
  queue.sequence++;
  FutexWake(&queue.sequence, count);
}

}  // namespace

bool Wake(const Arena& arena, WaitQueue& queue, WakeCount count, uint32_t self, int doorbell) {
  const uint32_t waiting = queue.waiting.load();
  if ((waiting & 1) == 0) return false;
  const bool all = count == WakeCount::kAll;
  WakeThreads(queue, all ? INT_MAX : 1);
  bool woke_self = false;
  for (;;) {
    const uint32_t number = WakeOneLoop(arena, queue, self, doorbell);
    woke_self |= number == self && number != 0;
    if (number == 0 || !all) break;
  }
  // Unless somebody has come since.
  uint32_t expected = waiting;
  if (queue.threads.IsEmpty() && queue.loops.IsEmpty()) {
    queue.waiting.compare_exchange_strong(expected, waiting + 1);
  }
  return woke_self;
}

}  // namespace mp::os
