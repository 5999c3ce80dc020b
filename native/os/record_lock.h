#pragma once

#include "os/result.h"

namespace mp::os {

// A lock on one end of a socket that several processes share (over fork, or because it was sent).
// It is a POSIX record lock on the socket's inode: it excludes the other processes, not the other
// end, and the kernel takes it away when its holder dies. It does not exclude the threads of one
// process, and closing any descriptor of this end in the holder gives it up.

// False when another process holds it.
Result<bool> TryLockEnd(int fd);
void UnlockEnd(int fd);

// A mark that stays with the end when the process that set it dies: it says that a frame was begun
// and not ended. The holder of the lock sets and clears it.
void MarkFrameOpen(int fd, bool open);
bool IsFrameOpen(int fd);

}  // namespace mp::os
