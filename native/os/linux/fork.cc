#include "os/fork.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "os/parent_death.h"
#include "os/process_handle.h"
#include "os/threads.h"

namespace mp::os {
namespace {

// Helpers finish within a fraction of a millisecond; this much is spent only where a thread
// computes on its own, and the parent's event loop stands still meanwhile.
constexpr std::chrono::milliseconds kQuietLimit(20);

}  // namespace

Result<void> Forker::CheckSupport() {
  if (support_ == Support::kUnknown) {
    const Result<ConditionLayout> layout = CalibrateConditionLayout();
    support_ = layout.ok() ? Support::kYes : Support::kNo;
    if (layout.ok()) {
      layout_ = layout.value();
    } else {
      refusal_ = layout.error();
    }
  }
  if (support_ == Support::kNo) return refusal_;
  return {};
}

Result<ForkOutcome> Forker::Fork() {
  Result<void> ready = CheckSupport();
  if (ready.ok()) ready = heap_.Lift();
  if (!ready.ok()) return ready.error();

  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &signals_before_);
  const pid_t parent = getpid();

  // As late as possible: whatever runs after this may wake a helper.
  const Result<QuietThreads> quiet = WaitForQuietThreads(kQuietLimit);
  std::vector<pthread_cond_t*> conditions;
  if (quiet.ok()) conditions = FindConditions(layout_, quiet.value().threads);
  const pid_t child = quiet.ok() ? ::fork() : -1;
  const SysError failure = quiet.ok() ? LastError("fork") : quiet.error();

  if (child == 0) {
    for (pthread_cond_t* condition : conditions) ForgetWaiters(layout_, condition);
    DieWithParent(parent);
    return ForkOutcome{0, UniqueFd(), quiet.value().busy};
  }
  heap_.Restore();
  UnblockSignals();
  if (child < 0) return failure;
  Result<UniqueFd> pidfd = OpenProcessHandle(child);
  if (!pidfd.ok()) return pidfd.error();
  return ForkOutcome{child, std::move(pidfd.value()), quiet.value().busy};
}

void Forker::UnblockSignals() { pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr); }

}  // namespace mp::os
