// Who takes part in the arena, and how the others learn that somebody has died.

#include <csignal>
#include <thread>
#include <vector>

#include "child.h"
#include "os/arena_layout.h"
#include "pipe.h"
#include "shared_arena.h"

namespace os = mp::os;
using mp::test::SharedArena;

namespace {

// Claims a slot in a child, does `body`, and ends the child by `end`. Whose it was.
template <typename End>
os::OwnerId OwnerOfChild(const SharedArena& shared, End end) {
  const uint64_t answer = shared.Allocate(sizeof(os::OwnerId));
  mp::test::InChild([&] {
    const os::OwnerId self = shared.ClaimInChild();
    *shared.arena.At<os::OwnerId>(answer) = self;
    return end(self);
  });
  const os::OwnerId owner = *shared.arena.At<os::OwnerId>(answer);
  shared.Free(answer);
  return owner;
}

int Kill(os::OwnerId) { return raise(SIGKILL); }

}  // namespace

TEST_CASE("each participant has a slot of its own") {
  const SharedArena shared;
  const os::OwnerId first = shared.Claim();
  const os::OwnerId second = shared.Claim();
  CHECK(os::SlotOf(first) != os::SlotOf(second));
  CHECK(os::SlotOf(first) != 0);
  for (const os::OwnerId owner : {first, second}) {
    CHECK(os::IsOwnerAlive(shared.arena, owner));
    CHECK(!os::HasOwnerDied(shared.arena, owner));
    os::LeaveArena(shared.arena, owner);
    CHECK(!os::IsOwnerAlive(shared.arena, owner));
  }
}

TEST_CASE("no more can take part than there are slots") {
  const SharedArena shared;
  std::vector<os::OwnerId> owners;
  for (uint32_t i = 2; i < os::kSlots; i++) owners.push_back(shared.Claim());
  const auto none = os::ClaimSlot(shared.arena);
  REQUIRE(!none.ok());
  CHECK(none.error().errnum == EUSERS);
  for (const os::OwnerId owner : owners) os::LeaveArena(shared.arena, owner);
}

TEST_CASE("a process that lives is never said to have died") {
  const SharedArena shared;
  mp::test::Pipe ready;
  mp::test::Pipe go_on;
  const uint64_t answer = shared.Allocate(sizeof(os::OwnerId));
  const pid_t child = mp::test::StartChild([&] {
    *shared.arena.At<os::OwnerId>(answer) = shared.ClaimInChild();
    REQUIRE(mp::test::WriteByte(ready.writer.get()));
    return mp::test::ReadByte(go_on.reader.get()) ? 0 : 1;
  });
  REQUIRE(mp::test::ReadByte(ready.reader.get()));
  const os::OwnerId owner = *shared.arena.At<os::OwnerId>(answer);
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(os::IsOwnerAlive(shared.arena, owner));
  CHECK(!os::HasOwnerDied(shared.arena, owner));
  REQUIRE(mp::test::WriteByte(go_on.writer.get()));
  CHECK(mp::test::ExitCodeOf(child) == 0);
  CHECK(!os::IsOwnerAlive(shared.arena, owner));
  shared.Free(answer);
}

TEST_CASE("a zombie has died") {
  const SharedArena shared;
  const uint64_t answer = shared.Allocate(sizeof(os::OwnerId));
  const pid_t child = mp::test::StartChild([&] {
    *shared.arena.At<os::OwnerId>(answer) = shared.ClaimInChild();
    return raise(SIGKILL);
  });
  siginfo_t info{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK(os::HasOwnerDied(shared.arena, *shared.arena.At<os::OwnerId>(answer)));
  CHECK(mp::test::ExitCodeOf(child) == -SIGKILL);
  shared.Free(answer);
}

TEST_CASE("a death is remembered when the slot is free, and when others have it") {
  const SharedArena shared;
  const os::OwnerId dead = OwnerOfChild(shared, Kill);
  CHECK(os::HasOwnerDied(shared.arena, dead));
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(os::HasOwnerDied(shared.arena, dead));
  // Once round.
  for (uint32_t i = 1; i < 3 * os::kSlots; i++) {
    const os::OwnerId owner = shared.Claim();
    if (os::SlotOf(owner) == os::SlotOf(dead)) {
      CHECK(owner != dead);
      CHECK(!os::HasOwnerDied(shared.arena, owner));
    }
    os::LeaveArena(shared.arena, owner);
  }
  CHECK(os::HasOwnerDied(shared.arena, dead));
}

TEST_CASE("who says that it leaves has not died") {
  const SharedArena shared;
  const os::OwnerId gone = OwnerOfChild(shared, [&](os::OwnerId self) {
    shared.arena.header()->slots[os::SlotOf(self)].state = os::SlotState::kLeaving;
    return 0;
  });
  CHECK(!os::HasOwnerDied(shared.arena, gone));
  CHECK(!os::IsOwnerAlive(shared.arena, gone));
  os::SweepAbandonedSlots(shared.arena, shared.owner);
  CHECK(!os::HasOwnerDied(shared.arena, gone));
  for (uint32_t i = 1; i < os::kSlots; i++) os::LeaveArena(shared.arena, shared.Claim());
  CHECK(!os::HasOwnerDied(shared.arena, gone));
}

TEST_CASE("a thread that ends without saying so has died, while its process lives") {
  const SharedArena shared;
  const os::OwnerId owner = shared.Claim();
  os::LeaveArena(shared.arena, owner);
  CHECK(os::HasOwnerDied(shared.arena, owner));
}

TEST_CASE("an arena is given to a process that has none") {
  os::Arena first;
  const auto descriptor = first.Descriptor();
  REQUIRE(descriptor.ok());
  os::Arena second;
  CHECK(second.Adopt(dup(descriptor.value())));
  CHECK(!second.Adopt(descriptor.value()));
  REQUIRE(first.Map().ok());
  REQUIRE(second.Map().ok());
  CHECK(first.header() != second.header());
  CHECK(first.header()->id == second.header()->id);
  CHECK(first.size() == second.size());
}
