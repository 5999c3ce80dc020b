#pragma once

#include <atomic>
#include <cstdint>

namespace mp::os {

// Words of shared memory that threads of any process sleep on.

// Sleeps while the word is `expected`, at most `timeout_ms`. 0: it is something else, or somebody
// woke this thread; -ETIMEDOUT; -EINTR when a signal came.
int FutexWait(std::atomic<uint32_t>* word, uint32_t expected, int timeout_ms);

// Wakes at most `count` of those who sleep on the word; how many there were.
int FutexWake(std::atomic<uint32_t>* word, int count);

}  // namespace mp::os
