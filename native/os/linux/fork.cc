#include "os/fork.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "os/parent_death.h"
#include "os/process_handle.h"
#include "os/threads.h"

namespace mp::os {
namespace {

// Helpers finish within a fraction of a millisecond. The event loop stands still meanwhile, so what
// takes longer is better waited for in several attempts.
constexpr std::chrono::milliseconds kQuietLimit(5);

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

Result<ForkOutcome> Forker::Fork(WhenBusy when_busy) {
  Result<void> ready = CheckSupport();
  if (ready.ok()) ready = heap_.Lift();
  if (!ready.ok()) return ready.error();

  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &signals_before_);
  Result<ForkOutcome> outcome = ForkWhenQuiet(when_busy);
  const bool is_child = outcome.ok() && outcome.value().child == 0;
  if (is_child) return outcome;
  heap_.Restore();
  UnblockSignals();
  return outcome;
}

Result<ForkOutcome> Forker::ForkWhenQuiet(WhenBusy when_busy) {
  const pid_t parent = getpid();
  // As late as possible: whatever runs after this may wake a helper.
  const Result<QuietThreads> quiet = WaitForQuietThreads(kQuietLimit);
  if (!quiet.ok()) return quiet.error();
  const int busy = quiet.value().busy;
  if (busy > 0 && when_busy == WhenBusy::kGiveUp) return ForkOutcome{-1, UniqueFd(), busy};
  const std::vector<pthread_cond_t*> conditions = FindConditions(layout_, quiet.value().threads);

  const pid_t child = ::fork();
  if (child < 0) return LastError("fork");
  if (child == 0) {
    for (pthread_cond_t* condition : conditions) ForgetWaiters(layout_, condition);
    DieWithParent(parent);
    return ForkOutcome{0, UniqueFd(), busy};
  }
  Result<UniqueFd> pidfd = OpenProcessHandle(child);
  if (!pidfd.ok()) return pidfd.error();
  return ForkOutcome{child, std::move(pidfd.value()), busy};
}

void Forker::UnblockSignals() { pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr); }

}  // namespace mp::os
