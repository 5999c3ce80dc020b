#include "os/helper_threads.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>

#include "os/deadline.h"
#include "os/parent_death.h"
#include "os/thread_context.h"

namespace mp::os {
namespace {

// A stopped helper answers within microseconds, unless its CPU is taken.
constexpr std::chrono::milliseconds kAnswerLimit(20);

// Handlers find the object here while it stops threads; only one fork goes on at a time, on the
// main thread. A signal that comes late finds null, and does nothing.
std::atomic<HelperThreads*> active{nullptr};

// A real-time signal that the program does not use: its disposition is the default.
int FindUnusedSignal() {
  for (int signal = SIGRTMAX; signal > SIGRTMIN; signal--) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) return signal;
  }
  return 0;
}

// Where glibc keeps a thread's id in its control block, found by looking for our own; -1 if there
// is no such word.
ptrdiff_t FindTidOffset() {
  constexpr ptrdiff_t kSearched = 2048;
  const auto* self = reinterpret_cast<const char*>(pthread_self());
  const auto tid = static_cast<pid_t>(syscall(SYS_gettid));
  for (ptrdiff_t offset = 0; offset < kSearched; offset += sizeof(pid_t)) {
    pid_t word;
    std::memcpy(&word, self + offset, sizeof(word));
    if (word == tid) return offset;
  }
  return -1;
}

// Those of the threads that wait on this condition variable, by their place; at least one does.
std::vector<size_t> FindWaiters(const pthread_cond_t* condition,
                                const std::vector<ThreadState>& threads) {
  const auto base = reinterpret_cast<uintptr_t>(condition);
  std::vector<size_t> waiters;
  for (size_t i = 0; i < threads.size(); i++) {
    const uintptr_t futex = threads[i].futex;
    if (futex >= base && futex < base + sizeof(*condition)) waiters.push_back(i);
  }
  return waiters;
}

}  // namespace

// On a helper; every signal is blocked meanwhile.
void HelperThreads::OnSignal(int, siginfo_t*, void* context) {
  HelperThreads* self = active.load();
  if (self != nullptr) self->Note(context);
}

void HelperThreads::Note(void* context) {
  const int round = round_.load();
  const auto tid = static_cast<pid_t>(syscall(SYS_gettid));
  const auto end = tids_.begin() + count_;
  const auto index = static_cast<size_t>(std::find(tids_.begin(), end, tid) - tids_.begin());
  // Nobody asked for this thread, or it was asked twice, having been late the first time.
  if (index == count_ || stopped_[index].noted.load()) return;
  stopped_[index].context = static_cast<ucontext_t*>(context);
  stopped_[index].thread_pointer = ThreadPointer();
  stopped_[index].thread = pthread_self();
  stopped_[index].noted.store(true);
  if (arrived_.fetch_add(1) + 1 == count_) {
    syscall(SYS_futex, &arrived_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  while (round_.load() == round) {
    syscall(SYS_futex, &round_, FUTEX_WAIT_PRIVATE, round, nullptr, nullptr, 0);
  }
}

// V8's helpers are the oldest threads that wait on a condition variable: Node starts them before it
// runs any JavaScript.
void HelperThreads::Identify(const std::vector<pthread_cond_t*>& conditions,
                             const QuietThreads& quiet) {
  if (identity_ != Identity::kUnknown || quiet.busy > 0) return;
  size_t oldest = quiet.threads.size();
  for (const pthread_cond_t* condition : conditions) {
    const std::vector<size_t> waiters = FindWaiters(condition, quiet.threads);
    if (waiters.front() >= oldest || waiters.size() > kMax) continue;
    oldest = waiters.front();
    count_ = waiters.size();
    for (size_t i = 0; i < count_; i++) tids_[i] = quiet.threads[waiters[i]].tid;
    identity_ = Identity::kKnown;
  }
}

bool HelperThreads::CanComeAlong() const {
  return CanResumeThreads() && identity_ == Identity::kKnown;
}

bool HelperThreads::Stop(const std::vector<pthread_cond_t*>& conditions,
                         const std::vector<ThreadState>& threads) {
  condition_ = nullptr;
  if (!CanComeAlong() || !FindCondition(conditions, threads)) return false;
  if (!Prepare()) {
    Forget();
    return false;
  }
  if (InterruptAll() && AllInTheirWait()) return true;
  Release();
  condition_ = nullptr;
  return false;
}

bool HelperThreads::IsHelper(const ThreadState& thread) const {
  const auto end = tids_.begin() + count_;
  return std::find(tids_.begin(), end, thread.tid) != end;
}

// The condition variable that all the helpers wait on, and nobody else.
bool HelperThreads::FindCondition(const std::vector<pthread_cond_t*>& conditions,
                                  const std::vector<ThreadState>& threads) {
  for (pthread_cond_t* condition : conditions) {
    const std::vector<size_t> waiters = FindWaiters(condition, threads);
    const bool are_helpers = waiters.size() == count_ &&
                             std::all_of(waiters.begin(), waiters.end(),
                                         [&](size_t waiter) { return IsHelper(threads[waiter]); });
    if (are_helpers) condition_ = condition;
  }
  return condition_ != nullptr;
}

// Once per process. False where there is no signal left, or where the C library is unknown.
bool HelperThreads::Prepare() {
  if (signal_ != 0) return true;
  tid_offset_ = FindTidOffset();
  const int signal = FindUnusedSignal();
  struct sigaction action {};
  action.sa_sigaction = OnSignal;
  // SA_RESTART: the interrupted wait is repeated, not given up.
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  // It stays installed: a signal that is late must not meet the default action, which is to end
  // the process.
  const bool is_ready = tid_offset_ >= 0 && signal != 0 && sigaction(signal, &action, nullptr) == 0;
  if (is_ready) signal_ = signal;
  return is_ready;
}

bool HelperThreads::InterruptAll() {
  for (size_t i = 0; i < count_; i++) stopped_[i].noted.store(false);
  arrived_.store(0);
  active.store(this);
  for (size_t i = 0; i < count_; i++) {
    if (syscall(SYS_tgkill, getpid(), tids_[i], signal_) != 0) return false;
  }
  return AllArrive();
}

bool HelperThreads::AllArrive() {
  const Deadline deadline = Deadline::After(kAnswerLimit);
  const timespec limit{0, std::chrono::nanoseconds(kAnswerLimit).count()};
  while (true) {
    const uint32_t arrived = arrived_.load();
    if (arrived == count_) return true;
    if (deadline.Passed()) return false;
    syscall(SYS_futex, &arrived_, FUTEX_WAIT_PRIVATE, arrived, &limit, nullptr, 0);
  }
}

// One pass over /proc is no snapshot: a thread seen parked may have been woken by one seen running.
bool HelperThreads::AllInTheirWait() const {
  const auto base = reinterpret_cast<uintptr_t>(condition_);
  return std::all_of(stopped_.begin(), stopped_.begin() + count_, [&](const Stopped& stopped) {
    const uintptr_t futex = InterruptedFutex(*stopped.context);
    return futex >= base && futex < base + sizeof(*condition_);
  });
}

void HelperThreads::Release() {
  active.store(nullptr);
  round_.fetch_add(1);
  syscall(SYS_futex, &round_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

// A helper with the mask that it had in the parent would take a signal for the process while the
// handlers are still the parent's, whose event loop would then be told.
void HelperThreads::BlockSignals(ucontext_t* context) const {
  sigset_t mask;
  sigfillset(&mask);
  sigdelset(&mask, signal_);
  // Of the C library's type the kernel has only the beginning in its frame.
  constexpr size_t kKernelSize = 8;
  std::memcpy(&context->uc_sigmask, &mask, kKernelSize);
}

bool HelperThreads::Resume() {
  active.store(nullptr);
  const auto tid_of = [this](size_t i) {
    return reinterpret_cast<pid_t*>(reinterpret_cast<char*>(stopped_[i].thread) + tid_offset_);
  };
  // First of all: in a forked child libc counts every stack as free whose thread has no positive
  // id, and would give a helper's to the next thread.
  for (size_t i = 0; i < count_; i++) *tid_of(i) = tids_[i];
  // libc takes a forked child for single-threaded, and malloc and shared_ptr then do without their
  // locks. A thread that it has made itself teaches it better; this one we have a use for.
  if (!StartDeathWatch().ok()) return false;
  for (size_t i = 0; i < count_; i++) {
    const Stopped& helper = stopped_[i];
    BlockSignals(helper.context);
    tids_[i] = ResumeThread(helper.context, helper.thread_pointer, tid_of(i));
    if (tids_[i] < 0) return false;
  }
  return true;
}

bool HelperThreads::AnyRuns() const {
  if (identity_ != Identity::kKnown) return false;
  const Result<std::vector<ThreadState>> threads = ListOtherThreads();
  return threads.ok() && std::any_of(threads.value().begin(), threads.value().end(),
                                     [this](const ThreadState& thread) {
                                       return IsHelper(thread) && !thread.parked;
                                     });
}

void HelperThreads::Forget() { identity_ = Identity::kGone; }

}  // namespace mp::os
