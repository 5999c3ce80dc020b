#include "bind/inherited_loop.h"

#include <vector>

#include "bind/addon_data.h"

namespace mp::bind {
namespace {

// Kinds of handles that Node wraps in an object of its own; the others are its internal ones.
bool IsWrapped(const uv_handle_t* handle) {
  switch (handle->type) {
    case UV_TCP:
    case UV_NAMED_PIPE:
    case UV_UDP:
    case UV_TTY:
    case UV_FS_EVENT:
    case UV_FS_POLL:
    case UV_SIGNAL:
    case UV_PROCESS:
      return true;
    default:
      return false;
  }
}

// Handles that revealHandles() gave a reference. Only a forked child uses this, on its one thread.
std::vector<uv_handle_t*>& Revealed() {
  static std::vector<uv_handle_t*> handles;
  return handles;
}

// process._getActiveHandles() lists a handle only while it keeps the loop alive. An unreferenced
// server or idle keep-alive socket must be found as well, or the child would read what is meant for
// the parent.
void JsRevealHandles(const Napi::CallbackInfo& info) {
  Revealed().clear();
  GetUvApi()->walk(
      AddonData::Of(info.Env())->loop(),
      [](uv_handle_t* handle, void*) {
        if (!IsWrapped(handle) || GetUvApi()->has_ref(handle)) return;
        GetUvApi()->ref(handle);
        Revealed().push_back(handle);
      },
      nullptr);
}

// Undoes revealHandles(), and lets go of message ports: their other side, a worker_thread, did not
// come along, so they would keep the child alive for ever.
void JsConcealHandles(const Napi::CallbackInfo& info) {
  for (uv_handle_t* handle : Revealed()) GetUvApi()->unref(handle);
  Revealed().clear();
  GetUvApi()->walk(
      AddonData::Of(info.Env())->loop(),
      [](uv_handle_t* handle, void*) {
        if (handle->type == UV_ASYNC) GetUvApi()->unref(handle);
      },
      nullptr);
}

// Requests that the parent's thread pool was working on will never complete here, and would keep
// the loop alive for ever. To be called when the handles of the parent are closed, which completes
// the requests that belong to those, and before the child makes any of its own.
void JsForgetRequests(const Napi::CallbackInfo& info) {
  AddonData::Of(info.Env())->loop()->active_reqs.count = 0;
}

Napi::Value JsHasRequests(const Napi::CallbackInfo& info) {
  const uv_loop_t* loop = AddonData::Of(info.Env())->loop();
  return Napi::Boolean::New(info.Env(), loop->active_reqs.count > 0);
}

Napi::Value JsLoopIsAlive(const Napi::CallbackInfo& info) {
  const uv_loop_t* loop = AddonData::Of(info.Env())->loop();
  return Napi::Boolean::New(info.Env(), GetUvApi()->loop_alive(loop) != 0);
}

}  // namespace

void ForgetFinishedWork(uv_loop_t* loop) {
  // An empty circular list: head and tail are the list itself.
  loop->wq.next = &loop->wq;
  loop->wq.prev = &loop->wq;
}

void RegisterInheritedLoop(Napi::Env env, Napi::Object exports) {
  exports.Set("revealHandles", Napi::Function::New(env, JsRevealHandles, "revealHandles"));
  exports.Set("concealHandles", Napi::Function::New(env, JsConcealHandles, "concealHandles"));
  exports.Set("loopIsAlive", Napi::Function::New(env, JsLoopIsAlive, "loopIsAlive"));
  exports.Set("hasRequests", Napi::Function::New(env, JsHasRequests, "hasRequests"));
  exports.Set("forgetRequests", Napi::Function::New(env, JsForgetRequests, "forgetRequests"));
}

}  // namespace mp::bind
