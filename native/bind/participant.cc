#include "bind/participant.h"

#include <utility>

#include "os/arena.h"
#include "os/arena_layout.h"
#include "os/doorbell.h"
#include "os/shared_heap.h"

namespace mp::bind {

os::Result<void> Participant::Join() {
  if (owner_ != 0) return {};
  os::Arena& arena = os::Arena::OfThisProcess();
  const os::Result<void> mapped = arena.Map();
  if (!mapped.ok()) return mapped;
  os::Result<os::Doorbell> doorbell = os::InstallDoorbell();
  if (!doorbell.ok()) return doorbell.error();
  const os::Result<os::OwnerId> owner = os::ClaimSlot(arena);
  if (!owner.ok()) return owner.error();
  arena.header()->slots[os::SlotOf(owner.value())].doorbell = doorbell.value().name;
  owner_ = owner.value();
  doorbell_ = std::move(doorbell.value().fd);
  os::SweepAbandonedSlots(arena, owner_);
  return {};
}

void Participant::AnnounceLeaving() {
  if (owner_ == 0) return;
  os::Slot& slot = os::Arena::OfThisProcess().header()->slots[os::SlotOf(owner_)];
  slot.state = os::SlotState::kLeaving;
}

void Participant::Leave() {
  if (owner_ == 0) return;
  os::LeaveArena(os::Arena::OfThisProcess(), owner_);
  Forget();
}

void Participant::Forget() {
  owner_ = 0;
  doorbell_.reset();
}

}  // namespace mp::bind
