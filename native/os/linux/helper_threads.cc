#include "os/helper_threads.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <thread>

#include "os/deadline.h"
#include "os/parent_death.h"
#include "os/thread_context.h"

namespace mp::os {
namespace {

// A stopped helper answers within microseconds, unless its CPU is taken.
constexpr std::chrono::milliseconds kAnswerLimit(20);
constexpr std::chrono::microseconds kPollInterval(20);

// Handlers find the object here while it stops threads; only one fork goes on at a time, on the
// main thread. A signal that comes late finds null, and does nothing.
std::atomic<HelperThreads*> active{nullptr};

template <typename Condition>
bool WaitUntil(Condition condition) {
  const Deadline deadline = Deadline::After(kAnswerLimit);
  while (!condition()) {
    if (deadline.Passed()) return false;
    std::this_thread::sleep_for(kPollInterval);
  }
  return true;
}

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
  arrived_.fetch_add(1);
  while (round_.load() == round) {
    syscall(SYS_futex, &round_, FUTEX_WAIT_PRIVATE, round, nullptr, nullptr, 0);
  }
}

bool HelperThreads::Stop(const ConditionLayout& layout, const std::vector<ThreadState>& threads) {
  condition_ = nullptr;
  count_ = 0;
  if (!CanResumeThreads() || !Choose(layout, threads)) return false;
  if (InterruptAll() && AllInTheirWait()) return true;
  Release();
  condition_ = nullptr;
  return false;
}

// V8's helpers are the oldest threads that wait on a condition variable: Node starts them before it
// runs any JavaScript.
bool HelperThreads::Choose(const ConditionLayout& layout, const std::vector<ThreadState>& threads) {
  pid_t oldest = INT_MAX;
  for (pthread_cond_t* condition : FindConditions(layout, threads)) {
    const auto base = reinterpret_cast<uintptr_t>(condition);
    std::vector<pid_t> waiters;
    for (const ThreadState& thread : threads) {
      const bool waits_here = thread.futex >= base && thread.futex < base + sizeof(*condition);
      if (waits_here) waiters.push_back(thread.tid);
    }
    const pid_t first = *std::min_element(waiters.begin(), waiters.end());
    if (first >= oldest || waiters.size() > kMax) continue;
    oldest = first;
    condition_ = condition;
    count_ = waiters.size();
    std::copy(waiters.begin(), waiters.end(), tids_.begin());
  }
  return condition_ != nullptr;
}

bool HelperThreads::InterruptAll() {
  if (tid_offset_ < 0) tid_offset_ = FindTidOffset();
  if (tid_offset_ < 0) return false;
  if (signal_ == 0) {
    const int signal = FindUnusedSignal();
    struct sigaction action {};
    action.sa_sigaction = OnSignal;
    // SA_RESTART: the interrupted wait is repeated, not given up.
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&action.sa_mask);
    // It stays installed: a signal that is late must not meet the default action, which is to end
    // the process.
    if (signal == 0 || sigaction(signal, &action, nullptr) != 0) return false;
    signal_ = signal;
  }
  for (size_t i = 0; i < count_; i++) stopped_[i].noted.store(false);
  arrived_.store(0);
  active.store(this);
  for (size_t i = 0; i < count_; i++) {
    if (syscall(SYS_tgkill, getpid(), tids_[i], signal_) != 0) return false;
  }
  return WaitUntil([this] { return arrived_.load() == count_; });
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
    BlockSignals(stopped_[i].context);
    if (ResumeThread(stopped_[i].context, stopped_[i].thread_pointer, tid_of(i)) < 0) return false;
  }
  return true;
}

}  // namespace mp::os
