#pragma once

#include <sys/types.h>

#include "os/result.h"

namespace mp::os {

// Child side: async-signal-safe only.
// Has the kernel kill this process when the thread that made it ends: for children of a thread that
// lives as long as its process. `parent` is who should be our parent: when it has died already,
// this process ends at once.
void DieWithParent(pid_t parent);

// From now on this process is killed when the one that `process_handle` stands for ends, even while
// its JavaScript is busy; at once if that has ended already. That parent which DieWithParent()
// named no longer matters. The caller keeps the handle. Not inherited by a fork. Main thread only.
Result<void> DieWithProcess(int process_handle);

// For a process that is to outlive its parent: undoes DieWithParent(). It gets a session of its
// own, so that what the terminal of the parent sends to everyone (Ctrl-C, hang-up) does not reach
// it. EPERM when it leads a process group already. Main thread only.
Result<void> OutliveParent();

// DieWithProcess() needs a thread of our own, one per process. Makes it ahead of need.
Result<void> StartDeathWatch();

// Child side: async-signal-safe only.
// Lets go of what a parent watched, whose thread did not come along.
void ForgetInheritedDeathWatch();

}  // namespace mp::os
