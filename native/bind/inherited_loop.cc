#include "bind/inherited_loop.h"

#include <vector>

#include "bind/addon_data.h"
#include "bind/call_from_loop.h"

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

// Tells when the event loop of a forked child has nothing left to do. The child must not learn it
// the ordinary way, by uv_run() returning: Node then waits for its worker threads to finish their
// tasks, and neither exists here. So this handle keeps the loop alive, and looks before each poll
// whether anything else does.
class IdleWatch : public OpenHandle {
 public:
  IdleWatch(AddonData* addon, Napi::Function on_idle, Napi::Function on_end)
      : addon_(addon),
        on_idle_(Napi::Persistent(on_idle)),
        on_end_(Napi::Persistent(on_end)),
        context_(addon->env(), "MultiprocessingIdle") {
    const UvApi& uv = *GetUvApi();
    uv.prepare_init(addon->loop(), &prepare_);
    uv.idle_init(addon->loop(), &idle_);
    uv.unref(reinterpret_cast<uv_handle_t*>(&idle_));
    prepare_.data = this;
    idle_.data = this;
    addon->HandleOpened(this);
    uv.prepare_start(&prepare_, OnPrepare);
  }

  void Close() override {
    if (closing_) return;
    closing_ = true;
    GetUvApi()->close(reinterpret_cast<uv_handle_t*>(&idle_), OnClosed);
    GetUvApi()->close(Base(), OnClosed);
  }

 private:
  uv_handle_t* Base() { return reinterpret_cast<uv_handle_t*>(&prepare_); }

  static void OnClosed(uv_handle_t* handle) {
    auto* self = static_cast<IdleWatch*>(handle->data);
    if (++self->closed_ < 2) return;
    self->addon_->HandleClosed(self);
    delete self;
  }

  static void OnPrepare(uv_prepare_t* prepare) {
    auto* self = static_cast<IdleWatch*>(prepare->data);
    const bool something_is_left = self->SomethingIsLeft();
    const bool was_polled = self->WasPolled(something_is_left);
    if (something_is_left || !was_polled) return;
    self->Call(self->on_idle_);
    if (!self->SomethingIsLeft()) self->Call(self->on_end_);
  }

  // V8 posts tasks to the loop that do not count as something left, such as the result of
  // WebAssembly.compile. One turn that polls without sleeping lets them come.
  bool WasPolled(bool something_is_left) {
    const bool was_polled = polls_;
    polls_ = !something_is_left && !was_polled;
    if (polls_ && !was_polled) GetUvApi()->idle_start(&idle_, [](uv_idle_t*) {});
    if (!polls_ && was_polled) GetUvApi()->idle_stop(&idle_);
    return was_polled;
  }

  bool SomethingIsLeft() {
    GetUvApi()->unref(Base());
    const bool alive = GetUvApi()->loop_alive(prepare_.loop) != 0;
    GetUvApi()->ref(Base());
    return alive;
  }

  void Call(Napi::FunctionReference& callback) {
    const Napi::Env env = addon_->env();
    const Napi::HandleScope scope(env);
    CallFromLoop(env, callback, {}, context_);
  }

  uv_prepare_t prepare_{};
  uv_idle_t idle_{};
  // Whether this turn of the loop polls only to see whether anything comes.
  bool polls_ = false;
  int closed_ = 0;
  AddonData* addon_;
  Napi::FunctionReference on_idle_;
  Napi::FunctionReference on_end_;
  Napi::AsyncContext context_;
  bool closing_ = false;
};

Napi::Value JsLoopIsAlive(const Napi::CallbackInfo& info) {
  const uv_loop_t* loop = AddonData::Of(info.Env())->loop();
  return Napi::Boolean::New(info.Env(), GetUvApi()->loop_alive(loop) != 0);
}

void JsWatchForIdle(const Napi::CallbackInfo& info) {
  new IdleWatch(AddonData::Of(info.Env()), info[0].As<Napi::Function>(),
                info[1].As<Napi::Function>());
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
  exports.Set("watchForIdle", Napi::Function::New(env, JsWatchForIdle, "watchForIdle"));
  exports.Set("hasRequests", Napi::Function::New(env, JsHasRequests, "hasRequests"));
  exports.Set("forgetRequests", Napi::Function::New(env, JsForgetRequests, "forgetRequests"));
}

}  // namespace mp::bind
