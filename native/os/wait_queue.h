#pragma once

#include <cstdint>

#include "os/arena.h"
#include "os/arena_layout.h"

namespace mp::os {

// How those who wait for something in the arena are woken. Whoever waits puts his slot into a set
// of the queue, makes `waiting` the next odd number, and then looks once more whether what he waits
// for is there. Whoever makes it there looks at `waiting` afterwards. So one of the two sees the
// other; and while nobody waits, nothing is done for it. `waiting` is even again when the sets were
// empty and nobody has come since that was seen: until then, there is no moment at which somebody
// who sleeps cannot be told. test/unit/arena/wait-queue-model.test.ts goes through all orders.
//
// A thread that blocks reads `sequence` before it looks, and sleeps on it. An event loop is rung,
// and is out of the set then; it says so again if it goes on waiting. A loop that was rung and has
// nobody left who waits passes the wake-up on.

enum class WakeCount { kOne, kAll };

// Wakes one of the threads and one of the loops, whichever comes first; or all. Whether the loop of
// `self` is among them, which is not rung.
bool Wake(const Arena& arena, WaitQueue& queue, WakeCount count, uint32_t self, int doorbell);

}  // namespace mp::os
