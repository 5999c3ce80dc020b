#pragma once

#include <vector>

#include "os/threads.h"

namespace mp::bind {

// Child side, before any JavaScript runs.
//
// The thread of the parent's inspector did not come along. Its sockets did; and so did the engine's
// sessions with the parent's debuggers, so that the first breakpoint would wait for ever for a
// debugger to go on. This ends the sessions as if the debuggers had gone: Node's own code reads the
// end of each connection, from sockets that have taken the place of the parent's. What the parent's
// debuggers see of it is nothing.
//
// `threads`: what the parent's threads were doing at the fork. `port`: the inspector's. True: the
// inspector is idle now, and `inspector.close()` will find it so. False: it was not found, or it
// was in the middle of something, and nothing was touched.
bool EndInheritedSessions(const std::vector<os::ThreadState>& threads, int port);

}  // namespace mp::bind
