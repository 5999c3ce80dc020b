#include "os/condition_layout.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <thread>

#include "os/deadline.h"
#include "os/unique_fd.h"

namespace mp::os {
namespace {

using std::chrono::milliseconds;

// Both flag bits of glibc's word of waiters: process-shared, and which clock.
constexpr uint32_t kProcessShared = 1;
constexpr uint32_t kMonotonicClock = 2;
constexpr unsigned kFlagBits = 3;

uint32_t WordAt(const void* base, ptrdiff_t offset) {
  uint32_t word;
  std::memcpy(&word, static_cast<const char*>(base) + offset, sizeof(word));
  return word;
}

// Some threads that wait on one condition variable until told to leave.
class Waiters {
 public:
  explicit Waiters(int count) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition_, &attributes);
    pthread_condattr_destroy(&attributes);
    for (int i = 0; i < count; i++) {
      pthread_t thread;
      if (pthread_create(&thread, nullptr, Run, this) == 0) threads_.push_back(thread);
    }
  }

  ~Waiters() {
    Broadcast([this] { leave_ = true; });
    for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
    WaitUntilNotListed();
    pthread_cond_destroy(&condition_);
    pthread_mutex_destroy(&mutex_);
  }

  // Wakes all of them; they go back to waiting, now in the other group of waiters.
  void NextRound() {
    Broadcast([this] { round_++; });
  }

  const void* condition() const { return &condition_; }
  size_t count() const { return threads_.size(); }

  // Waits until all of them are parked on the condition variable; gives the one word where they
  // are, as an offset, or -1.
  ptrdiff_t ParkedAt() const {
    const Deadline deadline = Deadline::After(kPatience);
    // A whole process may stand still for longer than that, and then go on.
    for (int looks = 0; looks < kMinLooks || !deadline.Passed(); looks++) {
      const ptrdiff_t offset = TryParkedAt();
      if (offset >= 0) return offset;
      std::this_thread::yield();
    }
    return -1;
  }

 private:
  static constexpr milliseconds kPatience{1000};
  static constexpr int kMinLooks = 1000;

  // For a moment a thread that was joined is still listed, as one that runs.
  void WaitUntilNotListed() const {
    const Deadline deadline = Deadline::After(kPatience);
    for (const pid_t tid : tids_) {
      while (syscall(SYS_tgkill, getpid(), tid, 0) == 0 && !deadline.Passed()) {
        std::this_thread::yield();
      }
    }
  }

  template <typename Change>
  void Broadcast(Change change) {
    pthread_mutex_lock(&mutex_);
    change();
    pthread_cond_broadcast(&condition_);
    pthread_mutex_unlock(&mutex_);
  }

  ptrdiff_t TryParkedAt() const {
    if (at_round_.load() != round_ * static_cast<int>(count())) return -1;
    const Result<std::vector<ThreadState>> threads = ListOtherThreads();
    if (!threads.ok()) return -1;
    const auto base = reinterpret_cast<uintptr_t>(&condition_);
    std::vector<uintptr_t> inside;
    for (const ThreadState& thread : threads.value()) {
      if (thread.futex >= base && thread.futex < base + sizeof(condition_)) {
        inside.push_back(thread.futex);
      }
    }
    if (inside.size() != count()) return -1;
    const bool same = std::all_of(inside.begin(), inside.end(),
                                  [&](uintptr_t futex) { return futex == inside.front(); });
    return same ? static_cast<ptrdiff_t>(inside.front() - base) : -1;
  }

  static void* Run(void* argument) {
    auto* self = static_cast<Waiters*>(argument);
    pthread_mutex_lock(&self->mutex_);
    self->tids_.push_back(static_cast<pid_t>(syscall(SYS_gettid)));
    int round = 0;
    while (!self->leave_) {
      if (round < self->round_) {
        round = self->round_;
        self->at_round_++;
      }
      pthread_cond_wait(&self->condition_, &self->mutex_);
    }
    pthread_mutex_unlock(&self->mutex_);
    return nullptr;
  }

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition_;
  std::vector<pthread_t> threads_;
  std::vector<pid_t> tids_;
  int round_ = 0;
  bool leave_ = false;
  // How often a thread has begun a round: count() times the round when all have.
  std::atomic<int> at_round_{0};
};

// The one word inside the condition variable whose value >> 3 is the number of waiters; -1 for none
// or several.
ptrdiff_t FindWaiterCount(const void* condition, size_t waiters) {
  ptrdiff_t found = -1;
  for (size_t offset = 0; offset + sizeof(uint32_t) <= sizeof(pthread_cond_t);
       offset += sizeof(uint32_t)) {
    const uint32_t word = WordAt(condition, static_cast<ptrdiff_t>(offset));
    if (word >> kFlagBits != waiters || (word & kMonotonicClock) == 0) continue;
    if (found >= 0) return -1;
    found = static_cast<ptrdiff_t>(offset);
  }
  return found;
}

// Reads a word of this process at an address that may not be mapped.
bool ReadWordSafely(int memory, uintptr_t address, uint32_t* word) {
  return pread(memory, word, sizeof(*word), static_cast<off_t>(address)) == sizeof(*word);
}

}  // namespace

Result<ConditionLayout> CalibrateConditionLayout() {
  constexpr int kWaiters = 3;
  const SysError unknown{ENOTSUP, "pthread_cond_wait"};
  Waiters waiters(kWaiters);
  if (waiters.count() != kWaiters) return SysError{EAGAIN, "pthread_create"};
  ConditionLayout layout;
  layout.wait_words[0] = waiters.ParkedAt();
  layout.waiters = FindWaiterCount(waiters.condition(), kWaiters);
  waiters.NextRound();
  layout.wait_words[1] = waiters.ParkedAt();
  const bool sound = layout.wait_words[0] >= 0 && layout.wait_words[1] >= 0 &&
                     layout.wait_words[0] != layout.wait_words[1] && layout.waiters >= 0 &&
                     FindWaiterCount(waiters.condition(), kWaiters) == layout.waiters;
  if (!sound) return unknown;
  return layout;
}

std::vector<pthread_cond_t*> FindConditions(const ConditionLayout& layout,
                                            const std::vector<ThreadState>& threads) {
  // Both wait words lead to a candidate; the count of waiters tells which one is right.
  std::map<uintptr_t, uint32_t> parked;
  for (const ThreadState& thread : threads) {
    if (thread.futex == 0) continue;
    for (const ptrdiff_t word : layout.wait_words) {
      const uintptr_t base = thread.futex - static_cast<uintptr_t>(word);
      if (base % alignof(pthread_cond_t) == 0) parked[base]++;
    }
  }
  const UniqueFd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  std::vector<pthread_cond_t*> conditions;
  for (const auto& [base, count] : parked) {
    uint32_t word = 0;
    if (!ReadWordSafely(memory.get(), base + static_cast<uintptr_t>(layout.waiters), &word)) {
      continue;
    }
    if (word >> kFlagBits != count || (word & kProcessShared) != 0) continue;
    conditions.push_back(reinterpret_cast<pthread_cond_t*>(base));
  }
  return conditions;
}

void ForgetWaiters(const ConditionLayout& layout, pthread_cond_t* condition) {
  const bool monotonic = (WordAt(condition, layout.waiters) & kMonotonicClock) != 0;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME);
  pthread_cond_init(condition, &attributes);
}

}  // namespace mp::os
