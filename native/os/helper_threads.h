#pragma once

#include <pthread.h>
#include <sys/types.h>
#include <ucontext.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <vector>

#include "os/threads.h"

namespace mp::os {

// Brings V8's helper threads along over a fork, which by itself copies only the calling thread.
//
// In the parent each helper, parked on the condition variable that they share, is stopped by a
// signal: its whole state then lies in a signal frame on its own stack, which the fork copies. In
// the child a new thread is created for each, with the old one's thread pointer and with that frame
// for a stack; it "returns" from the handler into the interrupted wait, and waits on as if nothing
// had happened. Wherever a check fails, nothing is stopped, and the child does without helpers.
class HelperThreads {
 public:
  // Finds out which threads the helpers are, for good, unless that is known already. A thread that
  // runs may be one of them, so this needs all to be parked.
  void Identify(const std::vector<pthread_cond_t*>& conditions, const QuietThreads& quiet);
  // Whether Stop() may succeed now or later: they are known, and everything else is there.
  bool CanComeAlong() const;
  // Parent side. Stops the helpers. False when they are not known, do not all wait on one condition
  // variable, do not answer, or were not in that wait when they did.
  bool Stop(const std::vector<pthread_cond_t*>& conditions,
            const std::vector<ThreadState>& threads);
  // Parent side. Lets those that Stop() has stopped go on.
  void Release();
  // Child side: async-signal-safe, but for one pthread_create. False: some are missing. From now on
  // signals are left to the main thread, which blocks them until the child is ready for them.
  bool Resume();
  // Child side: async-signal-safe only. There are none any more, here and in children of this one.
  void Forget();
  // Whether one of them is running, and not waiting for anything.
  bool AnyRuns() const;
  // The condition variable on which they wait, which must be left as it is; null for none.
  pthread_cond_t* condition() const { return condition_; }

 private:
  static constexpr size_t kMax = 64;

  // What the handler notes of the thread it runs on.
  struct Stopped {
    ucontext_t* context;
    void* thread_pointer;
    pthread_t thread;
    std::atomic<bool> noted;
  };

  void BlockSignals(ucontext_t* context) const;
  static void OnSignal(int, siginfo_t*, void* context);
  void Note(void* context);

  bool IsHelper(const ThreadState& thread) const;
  bool FindCondition(const std::vector<pthread_cond_t*>& conditions,
                     const std::vector<ThreadState>& threads);
  bool Prepare();
  bool InterruptAll();
  bool AllArrive();
  bool AllInTheirWait() const;

  enum class Identity { kUnknown, kKnown, kGone } identity_ = Identity::kUnknown;
  std::array<pid_t, kMax> tids_{};
  size_t count_ = 0;
  pthread_cond_t* condition_ = nullptr;
  std::array<Stopped, kMax> stopped_{};
  int signal_ = 0;
  ptrdiff_t tid_offset_ = -1;
  // Counted by handlers, on the helpers. A futex word.
  std::atomic<uint32_t> arrived_{0};
  // Handlers wait for as long as it is what it was when they came. A futex word.
  std::atomic<int> round_{0};
};

}  // namespace mp::os
