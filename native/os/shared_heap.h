#pragma once

#include <cstdint>

#include "os/arena.h"
#include "os/arena_layout.h"
#include "os/participants.h"
#include "os/result.h"

namespace mp::os {

// The objects in the arena. An object lives for as long as a participant has a reference to it, or
// one is on its way in a message. Whoever ends, however, has no references any more.
//
// Offsets are those of the memory of an object, behind its header. All functions but FormatHeap()
// may be called by any number of threads and processes at once, and any of them may be killed at
// any time: the heap can be walked from block to block at every moment, and whoever finds that its
// last user died puts the rest in order again.

Result<void> FormatHeap(const Arena& arena);

// What an object is, to those who receive it.
struct ObjectKind {
  uint32_t type;
  // How many WaitQueues its memory begins with.
  uint32_t queues;
};

// Memory of zeros for an object, of which `owner` has the only reference. Aligned to a cache line.
// ENOMEM or ENOSPC when there is no room, ENOTRECOVERABLE when the heap was damaged.
Result<uint64_t> AllocateObject(const Arena& arena, OwnerId owner, uint64_t size, ObjectKind kind);

uint64_t SerialOf(const Arena& arena, uint64_t offset);
uint64_t SizeOf(const Arena& arena, uint64_t offset);

// The owner gets a reference of its own to an object that it was told of in a message, which does
// not count any more. False when there is no such object (any more).
bool AttachObject(const Arena& arena, OwnerId owner, uint64_t offset, uint64_t serial,
                  uint32_t type);

// The owner has no reference any more. The object is freed if nobody has.
void DetachObject(const Arena& arena, OwnerId owner, uint64_t offset);

// A reference sets off in a message; or will not arrive. The owner has one.
void PinObject(const Arena& arena, OwnerId owner, uint64_t offset);
void UnpinObject(const Arena& arena, OwnerId owner, uint64_t offset);

// As PinObject; but the message is the content of another object, and ends with that.
void PinObjectFor(const Arena& arena, OwnerId owner, uint64_t offset, uint64_t keeper);

// The same for all objects that the owner has: a forked child will ask for them.
void PinObjectsOf(const Arena& arena, OwnerId owner);
void UnpinObjectsOf(const Arena& arena, OwnerId owner);

// Gives the slot back, with all references that its tenant had.
void LeaveArena(const Arena& arena, OwnerId owner);

// Does the same for every process that has ended.
void SweepAbandonedSlots(const Arena& arena, OwnerId owner);

struct HeapUsage {
  uint64_t objects;
  uint64_t bytes;
  uint64_t free_blocks;
};
HeapUsage MeasureHeap(const Arena& arena, OwnerId owner);

}  // namespace mp::os
