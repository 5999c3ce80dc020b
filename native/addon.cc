#include <napi.h>

#include "bind/addon_data.h"
#include "bind/poll_watcher.h"

namespace {

// Runs once per environment: the main thread's, and each worker_thread's.
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new mp::bind::AddonData(env));
  mp::bind::PollWatcher::Register(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(multiprocessing, Init)
