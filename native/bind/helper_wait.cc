#include "bind/helper_wait.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "os/host_symbol.h"
#include "os/read_only_word.h"

namespace mp::bind {
namespace {

// A method of node::NodePlatform, as compilers for Linux call it. Node 20 to 26 have both:
//   void DrainTasks(v8::Isolate*) override, all that is to be done before the loop counts as empty;
//   bool FlushForegroundTasks(v8::Isolate*) override, the part of this thread: true if there was
//   any.
using Flush = bool (*)(void* platform, void* isolate);

Flush FindFlush() {
  static const auto flush = reinterpret_cast<Flush>(
      os::FindHostSymbol("_ZN4node12NodePlatform20FlushForegroundTasksEPN2v87IsolateE"));
  return flush;
}

// Where the table of the virtual functions of node::NodePlatform names DrainTasks(); null if it
// cannot be found.
void** FindDrainEntry() {
  // As long as the table is in Node 24, the shortest.
  constexpr ptrdiff_t kLength = 28;
  auto** table = static_cast<void**>(os::FindHostSymbol("_ZTVN4node12NodePlatformE"));
  void* drain = os::FindHostSymbol("_ZN4node12NodePlatform10DrainTasksEPN2v87IsolateE");
  if (table == nullptr || drain == nullptr) return nullptr;
  void** entry = std::find(table, table + kLength, drain);
  return entry == table + kLength ? nullptr : entry;
}

bool (*helpers_run)() = nullptr;

// In place of DrainTasks(). There is no end of the tasks of this thread where helpers are missing:
// one that finds work left to a helper, such as V8's sweeping, posts itself again and again. What a
// program may wait for, such as a WebAssembly module, is done after a few rounds.
void DrainWhileHelpersRun(void* platform, void* isolate) {
  constexpr int kRounds = 100;
  constexpr std::chrono::microseconds kPause(50);
  // One look at several threads is no snapshot: one seen parked may be woken by one seen running.
  constexpr int kLooks = 2;
  int idle_looks = 0;
  for (int rounds = 0; rounds < kRounds && idle_looks < kLooks;) {
    // The look comes first: what helpers have posted before they parked is then found.
    const bool is_waiting = helpers_run();
    const bool had_tasks = FindFlush()(platform, isolate);
    idle_looks = is_waiting || had_tasks ? 0 : idle_looks + 1;
    if (is_waiting) {
      std::this_thread::sleep_for(kPause);
    } else if (had_tasks) {
      rounds++;
    }
  }
}

}  // namespace

bool CanLimitWaitForHelpers() {
  static const bool can = FindFlush() != nullptr && FindDrainEntry() != nullptr;
  return can;
}

os::Result<void> LimitWaitForHelpers(bool (*do_helpers_run)()) {
  helpers_run = do_helpers_run;
  void** entry = FindDrainEntry();
  // Changed already, in the parent.
  if (entry == nullptr) return {};
  return os::OverwriteReadOnly(entry, reinterpret_cast<void*>(DrainWhileHelpersRun));
}

}  // namespace mp::bind
