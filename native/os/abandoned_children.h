#pragma once

#include "os/unique_fd.h"

namespace mp::os {

// Children whose owner, a worker_thread, has ended. Nobody waits for them any more, but each would
// stay a zombie when it ends.

// Closes a descriptor whose owner has gone. If it is the handle of a child of ours that still runs,
// it is kept for ReapAbandonedChildren(). Any thread.
void CloseOrAbandon(UniqueFd descriptor);

// Takes the exit codes of those that have ended meanwhile. To be called when there is an occasion,
// so that they do not pile up. Any thread.
void ReapAbandonedChildren();

}  // namespace mp::os
