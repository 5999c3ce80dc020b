#pragma once

#include <sys/types.h>

namespace mp::os {

// Child side: async-signal-safe only.
// Has the kernel kill this process when the thread that made it ends. `parent` is who should be our
// parent: when it has died already, this process ends at once.
void DieWithParent(pid_t parent);

}  // namespace mp::os
