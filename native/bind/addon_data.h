#pragma once

#include <napi.h>
#include <node_api.h>

#include <list>

#include "bind/owned_fds.h"
#include "bind/participant.h"
#include "bind/uv_api.h"

namespace mp::bind {

// Something that must be closed before its environment goes: a libuv handle with its owner.
class OpenHandle {
 public:
  virtual ~OpenHandle() = default;
  // Starts to close; idempotent. HandleClosed() of the registry follows when libuv let go of it.
  virtual void Close() = 0;
};

// The state of one environment: the main thread and each worker_thread have their own. Owns the
// registry of open handles and takes them down, newest first, when the environment ends, and then
// closes its descriptors and gives back what it has in the arena.
class AddonData {
 public:
  static AddonData* Of(Napi::Env env) { return env.GetInstanceData<AddonData>(); }

  explicit AddonData(Napi::Env env);
  ~AddonData() = default;
  AddonData(const AddonData&) = delete;
  AddonData& operator=(const AddonData&) = delete;

  Napi::Env env() const { return env_; }
  // Null in a runtime without libuv.
  uv_loop_t* loop() const { return loop_; }

  OwnedFds& fds() { return fds_; }
  Participant& participant() { return participant_; }

  void HandleOpened(OpenHandle* handle) { handles_.push_front(handle); }
  void HandleClosed(OpenHandle* handle);

  // Closes every handle that is open now. Used at the end of the environment, and in a child just
  // forked, where the parent's handles mean nothing.
  void CloseAllHandles();

 private:
  static void OnCleanup(napi_async_cleanup_hook_handle hook, void* data);
  void FinishCleanupWhenEmpty();

  Napi::Env env_;
  uv_loop_t* loop_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool cleaning_up_ = false;
  std::list<OpenHandle*> handles_;
  OwnedFds fds_;
  Participant participant_;
};

}  // namespace mp::bind
