#include "bind/poll_watcher.h"

#include <memory>

#include "bind/arguments.h"
#include "bind/call_from_loop.h"
#include "bind/errors.h"
#include "os/poll_stand_in.h"

namespace mp::bind {

// The libuv side of a watcher. It lives until libuv has let go of it, which may be later than the
// JS object, or earlier (end of the environment, a forked child).
class PollWatcher::Handle : public OpenHandle {
 public:
  Handle(PollWatcher* owner, AddonData* addon) : owner_(owner), addon_(addon) { poll_.data = this; }

  // libuv sets O_NONBLOCK on the descriptor it is given, and so for every process that shares the
  // open file description. It is given another one, and watches ours: what it watches is a member
  // of the public struct.
  os::Result<void> Open(int fd) {
    const os::Result<os::UniqueFd> stand_in = os::CreatePollStandIn(fd);
    if (!stand_in.ok()) return stand_in.error();
    const int status = Uv().poll_init(addon_->loop(), &poll_, stand_in.value().get());
    if (status != 0) return os::SysError{-status, "uv_poll_init"};
    poll_.io_watcher.fd = fd;
    addon_->HandleOpened(this);
    return {};
  }

  int Start(int events, bool keep_alive) {
    SetKeepAlive(keep_alive);
    return Uv().poll_start(&poll_, events, OnPoll);
  }

  void SetKeepAlive(bool keep_alive) {
    if (keep_alive) {
      Uv().ref(Base());
    } else {
      Uv().unref(Base());
    }
  }

  void Stop() { Uv().poll_stop(&poll_); }

  void Close() override {
    if (owner_ == nullptr) return;
    owner_->handle_ = nullptr;
    owner_ = nullptr;
    Uv().close(Base(), OnClosed);
  }

 private:
  static const UvApi& Uv() { return *GetUvApi(); }
  uv_handle_t* Base() { return reinterpret_cast<uv_handle_t*>(&poll_); }

  static void OnPoll(uv_poll_t* poll, int status, int events) {
    auto* self = static_cast<Handle*>(poll->data);
    if (self->owner_ != nullptr) self->owner_->Notify(status, events);
  }

  static void OnClosed(uv_handle_t* handle) {
    auto* self = static_cast<Handle*>(handle->data);
    self->addon_->HandleClosed(self);
    delete self;
  }

  uv_poll_t poll_{};
  PollWatcher* owner_;  // Null once closing.
  AddonData* addon_;
};

void PollWatcher::Register(Napi::Env env, Napi::Object exports) {
  exports.Set("PollWatcher",
              DefineClass(env, "PollWatcher",
                          {InstanceMethod("start", &PollWatcher::JsStart),
                           InstanceMethod("setKeepAlive", &PollWatcher::JsSetKeepAlive),
                           InstanceMethod("stop", &PollWatcher::JsStop),
                           InstanceMethod("close", &PollWatcher::JsClose)}));
}

PollWatcher::PollWatcher(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<PollWatcher>(info),
      callback_(Napi::Persistent(info[1].As<Napi::Function>())),
      context_(info.Env(), "MultiprocessingPoll") {
  if (GetUvApi() == nullptr) throw ToError(info.Env(), os::SysError{ENOSYS, "uv_poll_init"});
  if (info[2].IsObject()) reporter_ = Napi::Persistent(info[2].As<Napi::Object>());
  auto handle = std::make_unique<Handle>(this, AddonData::Of(info.Env()));
  ThrowIfFailed(info.Env(), handle->Open(ReadInt(info, 0)));
  handle_ = handle.release();
}

PollWatcher::~PollWatcher() {
  if (handle_ != nullptr) handle_->Close();
}

PollWatcher::Handle& PollWatcher::OpenHandleOrThrow(Napi::Env env) {
  if (handle_ == nullptr) throw ToError(env, os::SysError{EBADF, "uv_poll_start"});
  return *handle_;
}

void PollWatcher::JsStart(const Napi::CallbackInfo& info) {
  const int status = OpenHandleOrThrow(info.Env()).Start(ReadInt(info, 0), ReadBool(info, 1));
  if (status != 0) throw ToError(info.Env(), os::SysError{-status, "uv_poll_start"});
}

void PollWatcher::JsSetKeepAlive(const Napi::CallbackInfo& info) {
  if (handle_ != nullptr) handle_->SetKeepAlive(ReadBool(info, 0));
}

void PollWatcher::JsStop(const Napi::CallbackInfo&) {
  if (handle_ != nullptr) handle_->Stop();
}

void PollWatcher::JsClose(const Napi::CallbackInfo&) {
  if (handle_ != nullptr) handle_->Close();
  // The callback may refer to this object, which would never be collected then.
  callback_.Reset();
  reporter_.Reset();
}

void PollWatcher::Notify(int status, int events) {
  Napi::HandleScope scope(Env());
  if (!reporter_.IsEmpty()) ExitReporter::Unwrap(reporter_.Value())->Poll();
  CallFromLoop(Env(), callback_,
               {Napi::Number::New(Env(), status), Napi::Number::New(Env(), events)}, context_);
}

}  // namespace mp::bind
