#pragma once

#include <sys/types.h>

#include "os/unique_fd.h"

namespace mp::os {

// To free the memory of a process that runs V8 takes the kernel milliseconds, and whoever waits for
// the end of the process waits for that, too. So a forked child leaves its memory to an undertaker:
// a process that shares it, and nothing else, and ends right after the child has. The undertaker is
// a child of the same parent, who must reap it.

class UndertakerPlace;

// Parent side, before a fork: where the child will say who its undertaker is. Null when there is no
// room for one: the child then ends as any process.
UndertakerPlace* ClaimUndertakerPlace();

// Parent side, after it. `child`: negative when there is none.
void AssignUndertakerPlace(UndertakerPlace* place, pid_t child);

// Child side.
void EnterUndertakerPlace(UndertakerPlace* place, pid_t parent);

// Parent side, once, when this child has ended: a handle of its undertaker, to be reaped; not valid
// when it has none. Any thread.
UniqueFd TakeUndertakerOf(pid_t child);

// Ends this process like _exit().
[[noreturn]] void ExitNow(int exit_code);

}  // namespace mp::os
