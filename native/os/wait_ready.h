#pragma once

namespace mp::os {

constexpr int kReadable = 1;
constexpr int kWritable = 2;

// Blocks the thread until one of `events` holds, at most `timeout_ms`. Returns those that hold (an
// end of file or an error counts as both), 0 when the time is up, or a negative errno; -EINTR when
// a signal came. fd -1 only waits.
int WaitReady(int fd, int events, int timeout_ms);

}  // namespace mp::os
