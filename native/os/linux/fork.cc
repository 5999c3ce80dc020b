#include "os/fork.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "os/parent_death.h"
#include "os/process_handle.h"
#include "os/threads.h"
#include "os/undertaker.h"

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
      // As early as can be: later a thread of the program's may never park.
      const Result<QuietThreads> quiet = WaitForQuietThreads(kQuietLimit);
      if (quiet.ok())
        helpers_.Identify(FindConditions(layout_, quiet.value().threads), quiet.value());
    } else {
      refusal_ = layout.error();
    }
  }
  if (support_ == Support::kNo) return refusal_;
  return {};
}

Result<ForkOutcome> Forker::Fork(WhenBusy when_busy, WithHelpers with_helpers,
                                 WithThreads with_threads, WhenOrphaned when_orphaned) {
  const Result<void> supported = CheckSupport();
  if (!supported.ok()) return supported.error();
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &signals_before_);
  Result<ForkOutcome> outcome = ForkWhenQuiet(when_busy, with_helpers, with_threads, when_orphaned);
  const bool is_child = outcome.ok() && outcome.value().child == 0;
  if (is_child) return outcome;
  heap_.Restore();
  UnblockSignals();
  return outcome;
}

Result<ForkOutcome> Forker::ForkWhenQuiet(WhenBusy when_busy, WithHelpers with_helpers,
                                          WithThreads with_threads, WhenOrphaned when_orphaned) {
  const auto not_now = [](int busy) { return ForkOutcome{-1, UniqueFd(), busy, false, {}}; };
  const auto must_wait = [when_busy](const QuietThreads& quiet) {
    return quiet.busy > 0 && when_busy == WhenBusy::kGiveUp;
  };
  Result<QuietThreads> quiet = WaitForQuietThreads(kQuietLimit);
  if (!quiet.ok()) return quiet.error();
  if (must_wait(quiet.value())) return not_now(quiet.value().busy);
  std::vector<pthread_cond_t*> conditions = FindConditions(layout_, quiet.value().threads);
  helpers_.Identify(conditions, quiet.value());
  const bool has_helpers =
      with_helpers != WithHelpers::kNo && helpers_.Stop(conditions, quiet.value().threads);
  if (with_helpers == WithHelpers::kMust && !has_helpers && helpers_.CanComeAlong()) {
    return not_now(quiet.value().busy);
  }

  // When the helpers stand still: one that runs may get the heap new memory, which would not be
  // inherited.
  const Result<void> lifted = heap_.Lift();
  const auto give_up = [&](Result<ForkOutcome> outcome) {
    if (has_helpers) helpers_.Release();
    return outcome;
  };
  if (!lifted.ok()) return give_up(lifted.error());
  if (!has_helpers || with_threads == WithThreads::kYes) {
    // Once more, as late as possible: they may have run meanwhile.
    quiet = WaitForQuietThreads(kQuietLimit);
    if (!quiet.ok()) return give_up(quiet.error());
    if (must_wait(quiet.value())) return give_up(not_now(quiet.value().busy));
  }
  if (!has_helpers) conditions = FindConditions(layout_, quiet.value().threads);
  if (with_threads == WithThreads::kNo) quiet.value().threads.clear();
  return ForkNow(conditions, has_helpers, std::move(quiet.value()), when_orphaned);
}

Result<ForkOutcome> Forker::ForkNow(const std::vector<pthread_cond_t*>& conditions,
                                    bool has_helpers, QuietThreads quiet,
                                    WhenOrphaned when_orphaned) {
  const int busy = quiet.busy;
  const pid_t parent = getpid();
  UndertakerPlace* const place = ClaimUndertakerPlace();
  const pid_t child = ::fork();
  if (child == 0) {
    EnterUndertakerPlace(place, parent);
    if (when_orphaned == WhenOrphaned::kDie) DieWithParent(parent);
    ForgetInheritedDeathWatch();
    RepairChild(conditions, has_helpers);
    return ForkOutcome{0, UniqueFd(), busy, has_helpers, std::move(quiet.threads)};
  }
  const SysError failure = LastError("fork");
  AssignUndertakerPlace(place, child);
  if (has_helpers) helpers_.Release();
  if (child < 0) return failure;
  Result<UniqueFd> pidfd = OpenHandleOfNewChild(child);
  if (!pidfd.ok()) {
    // It was killed and reaped: nobody will ask for its place.
    AssignUndertakerPlace(place, -1);
    return pidfd.error();
  }
  return ForkOutcome{child, std::move(pidfd.value()), busy, has_helpers, {}};
}

namespace {

[[noreturn]] void EndForLackOfThreads() {
  constexpr char kReason[] =
      "A forked process ends at once: the system lets it have no more threads (ulimit -u, or the "
      "pids limit of its container)\n";
  if (write(STDERR_FILENO, kReason, sizeof(kReason) - 1) < 0) _exit(127);
  _exit(127);
}

}  // namespace

// Child side: async-signal-safe only, but for what Resume() says.
void Forker::RepairChild(const std::vector<pthread_cond_t*>& conditions, bool has_helpers) {
  // A child with only some of its helpers would wait for the others for ever; and they fail to
  // start only where the system refuses any more threads.
  if (has_helpers && !helpers_.Resume()) EndForLackOfThreads();
  if (!has_helpers) helpers_.Forget();
  for (pthread_cond_t* condition : conditions) {
    const bool has_live_waiters = has_helpers && condition == helpers_.condition();
    if (!has_live_waiters) ForgetWaiters(layout_, condition);
  }
}

void Forker::UnblockSignals() { pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr); }

}  // namespace mp::os
