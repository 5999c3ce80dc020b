#include "os/participants.h"

#include <fcntl.h>

#include <algorithm>

#include "os/retry.h"

namespace mp::os {
namespace {

// Slots whose record lock this process holds, or tries to take: record locks do not keep the
// threads of one process apart.
SlotSet& Claimed() {
  static SlotSet claimed{};
  return claimed;
}

struct flock RecordOf(uint32_t slot, short type) {
  struct flock record {};
  record.l_type = type;
  record.l_whence = SEEK_SET;
  record.l_start = slot;
  record.l_len = 1;
  return record;
}

bool TryLock(const Arena& arena, uint32_t slot) {
  if (!Claimed().Add(slot)) return false;
  struct flock record = RecordOf(slot, F_WRLCK);
  if (RetryOnEintr([&] { return fcntl(arena.fd(), F_SETLK, &record); }) == 0) return true;
  Claimed().Remove(slot);
  return false;
}

void Unlock(const Arena& arena, uint32_t slot) {
  struct flock record = RecordOf(slot, F_UNLCK);
  RetryOnEintr([&] { return fcntl(arena.fd(), F_SETLK, &record); });
  Claimed().Remove(slot);
}

bool IsLocked(const Arena& arena, uint32_t slot) {
  if (Claimed().Has(slot)) return true;
  struct flock record = RecordOf(slot, F_WRLCK);
  // Should the kernel not tell, it is safer to take the owner for alive.
  if (RetryOnEintr([&] { return fcntl(arena.fd(), F_GETLK, &record); }) != 0) return true;
  return record.l_type != F_UNLCK;
}

bool IsFree(SlotState state) {
  return state == SlotState::kFree || state == SlotState::kFreeAfterDeath;
}

constexpr uint32_t kGenerationMask = kOwnerMask >> kSlotBits;

uint32_t GenerationOf(OwnerId owner) { return (owner >> kSlotBits) & kGenerationMask; }

OwnerId OwnerIdOf(uint32_t slot, uint32_t generation) {
  return slot | (generation & kGenerationMask) << kSlotBits;
}

OwnerId MoveIn(Slot& slot, uint32_t number) {
  const bool predecessor_died = slot.state == SlotState::kFreeAfterDeath;
  slot.deaths = slot.deaths << 1 | (predecessor_died ? 1 : 0);
  const uint32_t generation = ++slot.generation;
  slot.rung = 0;
  slot.state = SlotState::kUsed;
  return OwnerIdOf(number, generation);
}

}  // namespace

Result<OwnerId> ClaimSlot(const Arena& arena) {
  // Round, so that a slot remembers the deaths of its tenants for as long as can be.
  for (uint32_t attempt = 1; attempt < kSlots; attempt++) {
    const uint32_t number = 1 + arena.header()->next_slot++ % (kSlots - 1);
    Slot& slot = arena.header()->slots[number];
    if (!IsFree(slot.state) || !TryLock(arena, number)) continue;
    // Once more: somebody else may have come and gone.
    if (IsFree(slot.state)) return MoveIn(slot, number);
    Unlock(arena, number);
  }
  return SysError{EUSERS, "fcntl"};
}

void VacateSlot(const Arena& arena, uint32_t number) {
  Slot& slot = arena.header()->slots[number];
  slot.state = slot.state == SlotState::kLeaving ? SlotState::kFree : SlotState::kFreeAfterDeath;
  Unlock(arena, number);
}

bool IsOwnerAlive(const Arena& arena, OwnerId owner) {
  const Slot& slot = arena.header()->slots[SlotOf(owner)];
  const auto is_tenant = [&] {
    return (slot.generation & kGenerationMask) == GenerationOf(owner) && !IsFree(slot.state);
  };
  return is_tenant() && IsLocked(arena, SlotOf(owner)) && is_tenant();
}

bool HasOwnerDied(const Arena& arena, OwnerId owner) {
  const Slot& slot = arena.header()->slots[SlotOf(owner)];
  const uint32_t successors = (slot.generation - GenerationOf(owner)) & kGenerationMask;
  // One that nobody remembers is not said to have died.
  if (successors > 0) return successors <= 64 && (slot.deaths >> (successors - 1) & 1) != 0;
  const SlotState state = slot.state;
  if (state == SlotState::kUsed) return !IsLocked(arena, SlotOf(owner)) && slot.state == state;
  return state == SlotState::kFreeAfterDeath;
}

std::vector<uint32_t> TakeAbandonedSlots(const Arena& arena) {
  std::vector<uint32_t> abandoned;
  for (uint32_t number = 1; number < kSlots; number++) {
    const Slot& slot = arena.header()->slots[number];
    if (IsFree(slot.state) || !TryLock(arena, number)) continue;
    if (IsFree(slot.state)) {
      Unlock(arena, number);
    } else {
      abandoned.push_back(number);
    }
  }
  return abandoned;
}

void ForgetClaimedSlots() { Claimed().Clear(); }

}  // namespace mp::os
