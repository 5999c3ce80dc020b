#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "os/result.h"
#include "os/threads.h"

namespace mp::os {

// Where this C library keeps the parts of a pthread_cond_t that matter here. Found by experiment
// when first needed (see CalibrateConditionLayout), because it differs between versions.
struct ConditionLayout {
  // Threads wait on one of two words, in turns.
  ptrdiff_t wait_words[2];
  // The word whose value >> 3 counts the waiters, and whose lowest bits are flags.
  ptrdiff_t waiters;
};

// Finds the layout out, by letting threads wait on a condition variable of our own and looking
// where the kernel says they wait. ENOTSUP when this C library shows no such layout, as with musl.
Result<ConditionLayout> CalibrateConditionLayout();

// The condition variables that the parked threads wait on. A futex may be anything (a semaphore, a
// mutex); one is taken for a condition variable only when its count of waiters is exactly the
// number of threads parked there.
std::vector<pthread_cond_t*> FindConditions(const ConditionLayout& layout,
                                            const std::vector<ThreadState>& threads);

// Child side: async-signal-safe only.
// Forgets the waiters, which died with the fork. Otherwise the next pthread_cond_signal or
// broadcast may wait for them for ever: V8 posts a job to its helpers, glibc finds a group of
// waiters to close, and __condvar_quiesce_and_switch_g1 waits until the last of them has left.
void ForgetWaiters(const ConditionLayout& layout, pthread_cond_t* condition);

}  // namespace mp::os
