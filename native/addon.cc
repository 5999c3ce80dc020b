#include <napi.h>

#include "bind/addon_data.h"
#include "bind/arena.h"
#include "bind/channel.h"
#include "bind/exit_reporter.h"
#include "bind/fork.h"
#include "bind/inherited_loop.h"
#include "bind/local_socket.h"
#include "bind/poll_watcher.h"
#include "bind/process.h"
#include "bind/resource_tracker.h"
#include "bind/shared_memory.h"
#include "bind/shared_record.h"
#include "bind/signals.h"
#include "bind/stream_socket.h"

namespace {

// Runs once per environment: the main thread's, and each worker_thread's.
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new mp::bind::AddonData(env));
  mp::bind::PollWatcher::Register(env, exports);
  mp::bind::ExitReporter::Register(env, exports);
  mp::bind::RegisterFork(env, exports);
  mp::bind::RegisterInheritedLoop(env, exports);
  mp::bind::RegisterProcess(env, exports);
  mp::bind::RegisterChannel(env, exports);
  mp::bind::RegisterLocalSocket(env, exports);
  mp::bind::RegisterStreamSocket(env, exports);
  mp::bind::RegisterSharedRecord(env, exports);
  mp::bind::RegisterSharedMemory(env, exports);
  mp::bind::RegisterResourceTracker(env, exports);
  mp::bind::RegisterSignals(env, exports);
  mp::bind::RegisterArena(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(multiprocessing, Init)
