#include "os/undertaker.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>

#include "os/futex.h"
#include "os/process_handle.h"
#include "os/retry.h"

// Same number on every architecture; older headers lack it.
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace mp::os {

// In memory that parent and child share.
class UndertakerPlace {
 public:
  static constexpr pid_t kFree = 0;
  static constexpr pid_t kClaimed = -1;

  std::atomic<pid_t> child;
  std::atomic<pid_t> undertaker;
};
static_assert(std::atomic<pid_t>::is_always_lock_free &&
              sizeof(std::atomic<pid_t>) == sizeof(pid_t));

namespace {

constexpr size_t kPlaces = 512;

// The places of the children of this process. A forked child makes its own when it forks.
struct Places {
  pid_t owner = -1;
  UndertakerPlace* first = nullptr;
};

Places& PlacesOfChildren() {
  static Places places;
  return places;
}

constexpr size_t kBytes = kPlaces * sizeof(UndertakerPlace);

bool HavePlaces() {
  Places& places = PlacesOfChildren();
  if (places.owner == getpid()) return places.first != nullptr;
  // Those of the parent: this process may still have its own among them, its children have not.
  if (places.first != nullptr) madvise(places.first, kBytes, MADV_DONTFORK);
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  places.owner = getpid();
  places.first = memory == MAP_FAILED ? nullptr : static_cast<UndertakerPlace*>(memory);
  return places.first != nullptr;
}

// Where this process tells its parent of its undertaker.
struct OwnPlace {
  UndertakerPlace* place = nullptr;
  pid_t parent = -1;
};

OwnPlace& Own() {
  static OwnPlace own;
  return own;
}

// What the undertaker runs on: nothing of the process can be relied on once its threads are gone.
alignas(64) char undertaker_stack[16 * 1024];
std::atomic<uint32_t> undertaker_is_ready{0};

// Longer than anything but a system that stands still takes.
constexpr int kReadyLimitMs = 10'000;

// Runs in the undertaker: system calls only. `argument`: the handle of the process that ends.
__attribute__((no_sanitize("address", "undefined", "thread"))) int Undertake(void* argument) {
  const auto handle = static_cast<unsigned>(reinterpret_cast<intptr_t>(argument));
  prctl(PR_SET_NAME, "undertaker");
  // It has copies of all descriptors: who waits for the end of a pipe must not wait for it.
  if (handle > 0) syscall(SYS_close_range, 0U, handle - 1, 0);
  syscall(SYS_close_range, handle + 1, ~0U, 0);
  undertaker_is_ready.store(1);
  FutexWake(&undertaker_is_ready, 1);
  pollfd ended{static_cast<int>(handle), POLLIN, 0};
  syscall(SYS_ppoll, &ended, 1, nullptr, nullptr, 0);
  syscall(SYS_exit, 0);
  return 0;
}

bool CanCloseRanges() { return syscall(SYS_close_range, ~0U, ~0U, 0) == 0; }

// Its parent must be the one that will reap it.
bool IsReaped(const OwnPlace& own) { return own.place != nullptr && getppid() == own.parent; }

void LeaveMemoryToUndertaker() {
  if (!IsReaped(Own()) || !CanCloseRanges()) return;
  // It inherits this: no signal ends it early.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  Result<UniqueFd> handle = OpenProcessHandle(getpid());
  if (!handle.ok()) return;
  const intptr_t argument = handle.value().release();
  // The kernel writes its pid down with its birth: the parent knows of it also when this process is
  // killed right here.
  auto* const place = reinterpret_cast<pid_t*>(&Own().place->undertaker);
  if (clone(Undertake, undertaker_stack + sizeof(undertaker_stack),
            CLONE_VM | CLONE_PARENT | CLONE_PARENT_SETTID, reinterpret_cast<void*>(argument),
            place) < 0) {
    return;
  }
  while (undertaker_is_ready.load() == 0) {
    if (FutexWait(&undertaker_is_ready, 0, kReadyLimitMs) == -ETIMEDOUT) return;
  }
}

// Without a descriptor to be had, its end is waited for: it comes within milliseconds.
UniqueFd HandleOrReap(pid_t undertaker) {
  Result<UniqueFd> handle = OpenProcessHandle(undertaker);
  if (handle.ok()) return std::move(handle.value());
  RetryOnEintr([&] { return waitpid(undertaker, nullptr, 0); });
  return UniqueFd();
}

}  // namespace

UndertakerPlace* ClaimUndertakerPlace() {
  if (!HavePlaces()) return nullptr;
  UndertakerPlace* const first = PlacesOfChildren().first;
  for (UndertakerPlace* place = first; place < first + kPlaces; place++) {
    pid_t expected = UndertakerPlace::kFree;
    if (place->child.compare_exchange_strong(expected, UndertakerPlace::kClaimed)) return place;
  }
  return nullptr;
}

void AssignUndertakerPlace(UndertakerPlace* place, pid_t child) {
  if (place != nullptr) place->child.store(child < 0 ? UndertakerPlace::kFree : child);
}

void EnterUndertakerPlace(UndertakerPlace* place, pid_t parent) { Own() = {place, parent}; }

UniqueFd TakeUndertakerOf(pid_t child) {
  const Places& places = PlacesOfChildren();
  if (places.owner != getpid() || places.first == nullptr) return UniqueFd();
  for (UndertakerPlace* place = places.first; place < places.first + kPlaces; place++) {
    if (place->child.load() != child) continue;
    const pid_t undertaker = place->undertaker.exchange(0);
    place->child.store(UndertakerPlace::kFree);
    return undertaker == 0 ? UniqueFd() : HandleOrReap(undertaker);
  }
  return UniqueFd();
}

void ExitNow(int exit_code) {
  LeaveMemoryToUndertaker();
  _exit(exit_code);
}

}  // namespace mp::os
