#pragma once

#include "os/result.h"

namespace mp::bind {

// Node waits until V8's helper threads have done their tasks: when an event loop is empty, in the
// main thread and in each worker_thread. In a forked child that may be for ever. The helpers were
// left behind; or a thread of the parent's that was running at the fork, and is not here, held the
// lock of their queue.

// Whether this runtime lets us change that: C++ functions and a table of Node are looked up by
// name, so that what ships depends on no header or symbol of it.
bool CanLimitWaitForHelpers();

// Child side. From now on Node waits only as long as `helpers_run` says that one of them runs; it
// is called on any thread.
os::Result<void> LimitWaitForHelpers(bool (*helpers_run)());

}  // namespace mp::bind
