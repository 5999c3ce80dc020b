#pragma once

#include <cstdint>
#include <vector>

#include "os/arena.h"
#include "os/arena_layout.h"
#include "os/result.h"

namespace mp::os {

// The threads that use the arena. Each has a slot, and its process holds a record lock on the byte
// of the arena's file that has the number of the slot. The kernel gives the lock up when the
// process is gone, whatever ended it, and before it can be reaped: so a slot that is in use and not
// locked belongs to a dead process, and no pid is ever compared.

// The slot with the count of its tenants: who it was also when the slot has been used again.
using OwnerId = uint32_t;
constexpr int kSlotBits = 10;
constexpr uint32_t kOwnerMask = (1u << 30) - 1;
static_assert(kSlots == 1u << kSlotBits);

constexpr uint32_t SlotOf(OwnerId owner) { return owner & (kSlots - 1); }

// Takes a free slot. EUSERS when there is none.
Result<OwnerId> ClaimSlot(const Arena& arena);

// Gives back a slot of this process. No object and no queue refers to it any more.
void VacateSlot(const Arena& arena, uint32_t slot);

// Whether the thread is there, or at least its process.
bool IsOwnerAlive(const Arena& arena, OwnerId owner);

// Whether the owner ended without having said that it would: it was killed.
bool HasOwnerDied(const Arena& arena, OwnerId owner);

// Slots of processes that have ended, claimed by this thread until VacateSlot().
std::vector<uint32_t> TakeAbandonedSlots(const Arena& arena);

// In a forked child: the slots are the parent's.
void ForgetClaimedSlots();

}  // namespace mp::os
