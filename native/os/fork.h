#pragma once

#include <sys/types.h>

#include <csignal>

#include "os/condition_layout.h"
#include "os/helper_threads.h"
#include "os/inheritable_heap.h"
#include "os/result.h"
#include "os/threads.h"
#include "os/unique_fd.h"

namespace mp::os {

// What became of an attempt to fork, on the side where it is looked at.
struct ForkOutcome {
  pid_t child;  // 0 in the child; -1 when nothing was forked: threads were busy, or helpers awake.
  UniqueFd pidfd;    // Of the child; in the parent only.
  int busy_threads;  // Threads of the parent that were not parked: the child may find their locks
                     // held.
  bool has_helpers;  // Whether V8's helper threads came along to the child.
  // What the parent's other threads were doing, if asked for; in the child only.
  std::vector<ThreadState> threads;
};

// fork() of a process that runs JavaScript. Each hazard has its own place: the heap that would not
// be inherited (inheritable_heap.h), threads that hold locks (threads.h), condition variables whose
// waiters die (condition_layout.h). What libuv and V8 need afterwards is done by bind/fork.cc.
class Forker {
 public:
  // Whether a fork can be made safe here: ENOTSUP where the C library is unknown, another error
  // where /proc does not tell what threads do. The answer is found once.
  Result<void> CheckSupport();

  // What to do when threads do not park within a few milliseconds, during which the caller stands
  // still: give this attempt up, or fork all the same.
  enum class WhenBusy { kGiveUp, kFork };

  // Whether V8's helper threads are to come along. kMust: where they could, but are awake just now,
  // nothing is forked; they are soon back in their wait.
  enum class WithHelpers { kMust, kTry, kNo };

  // What becomes of the child when its parent ends.
  enum class WhenOrphaned { kDie, kLive };

  // Whether the outcome tells what the other threads were doing, as they were right before the
  // fork.
  enum class WithThreads { kYes, kNo };

  // Call from a point where this thread holds no lock and no JavaScript is on the stack. All
  // signals are blocked in the child when this returns there, so that none is taken for the
  // parent's: call UnblockSignals() when no handler of the parent's is left. What came meanwhile
  // comes then.
  Result<ForkOutcome> Fork(WhenBusy when_busy, WithHelpers with_helpers, WithThreads with_threads,
                           WhenOrphaned when_orphaned = WhenOrphaned::kDie);
  void UnblockSignals();

  // Whether one of V8's helper threads is running now; false where there are none. On any thread.
  bool HelpersRun() const { return helpers_.AnyRuns(); }

 private:
  Result<ForkOutcome> ForkWhenQuiet(WhenBusy when_busy, WithHelpers with_helpers,
                                    WithThreads with_threads, WhenOrphaned when_orphaned);
  Result<ForkOutcome> ForkNow(const std::vector<pthread_cond_t*>& conditions, bool has_helpers,
                              QuietThreads quiet, WhenOrphaned when_orphaned);
  void RepairChild(const std::vector<pthread_cond_t*>& conditions, bool has_helpers);

  InheritableHeap heap_;
  HelperThreads helpers_;
  ConditionLayout layout_{};
  enum class Support { kUnknown, kYes, kNo } support_ = Support::kUnknown;
  SysError refusal_{0, ""};
  sigset_t signals_before_{};
};

}  // namespace mp::os
