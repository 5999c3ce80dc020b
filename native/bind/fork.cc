#include "bind/fork.h"

#include <unistd.h>

#include <optional>

#include "bind/addon_data.h"
#include "bind/arguments.h"
#include "bind/call_from_loop.h"
#include "bind/engine_flags.h"
#include "bind/errors.h"
#include "bind/helper_wait.h"
#include "bind/inherited_inspector.h"
#include "bind/inherited_loop.h"
#include "os/arena.h"
#include "os/deadline.h"
#include "os/fork.h"
#include "os/shared_heap.h"

namespace mp::bind {
namespace {

// One per process, not per environment: only the main thread forks.
os::Forker& Forker() {
  static os::Forker forker;
  return forker;
}

os::Result<void> CheckSupport() {
  if (GetUvApi() == nullptr) return os::SysError{ENOTSUP, "uv_loop_fork"};
  if (!CanSetEngineFlags()) return os::SysError{ENOTSUP, "v8::V8::SetFlagsFromString"};
  if (!CanLimitWaitForHelpers()) return os::SysError{ENOTSUP, "node::NodePlatform::DrainTasks"};
  return Forker().CheckSupport();
}

// How long to wait for threads that do not park; and how long when the last fork has shown that
// some never do, such as a worker_thread that computes.
constexpr std::chrono::milliseconds kPatience(500);
constexpr std::chrono::milliseconds kLittlePatience(20);
bool threads_stay_busy = false;

// How long to wait until V8's helpers can be brought along. Their tasks all end some time.
constexpr std::chrono::milliseconds kHelpersPatience(5000);

// One fork that was asked for. It happens in a uv_check callback: there no JavaScript is on the
// stack, so that the child does not return into half-finished callers of the parent and its
// microtasks run; and the loop is outside poll, where uv_loop_fork must not be called. An active
// uv_idle keeps the loop from sleeping before it gets there.
class ForkRequest : public OpenHandle {
 public:
  struct Options {
    bool with_helpers;
    os::Forker::WhenOrphaned when_orphaned;
    // 0: the inspector is not active.
    int inspector_port;
  };

  ForkRequest(AddonData* addon, Options options, Napi::Function callback)
      : addon_(addon),
        options_(options),
        callback_(Napi::Persistent(callback)),
        context_(addon->env(), "MultiprocessingFork"),
        patience_(os::Deadline::After(threads_stay_busy ? kLittlePatience : kPatience)),
        helpers_patience_(os::Deadline::After(kHelpersPatience)) {
    const UvApi& uv = *GetUvApi();
    uv.idle_init(addon->loop(), &idle_);
    uv.check_init(addon->loop(), &check_);
    idle_.data = this;
    check_.data = this;
    addon->HandleOpened(this);
    uv.idle_start(&idle_, [](uv_idle_t*) {});
    uv.check_start(&check_, OnCheck);
  }

  void Close() override {
    if (closing_) return;
    closing_ = true;
    GetUvApi()->close(reinterpret_cast<uv_handle_t*>(&idle_), OnClosed);
    GetUvApi()->close(reinterpret_cast<uv_handle_t*>(&check_), OnClosed);
  }

 private:
  // Close callbacks that wait for the end of this turn of the loop would also run in the child.
  // They are few and soon done, so the fork waits for a turn without any; but not for ever.
  static constexpr int kMaxTurns = 100;

  static void OnCheck(uv_check_t* check) {
    auto* self = static_cast<ForkRequest*>(check->data);
    const bool callbacks_wait = check->loop->closing_handles != nullptr;
    if (callbacks_wait && ++self->turns_ < kMaxTurns) return;
    self->Attempt(check->loop);
  }

  // Threads that do not park at once get some turns of the loop to finish what they have.
  // `loop` comes from outside: right after the fork nothing of Node may be asked for it.
  void Attempt(uv_loop_t* loop) {
    const os::OwnerId owner = addon_->participant().owner();
    // What the parent drops from now on, the child still finds.
    if (owner != 0) os::PinObjectsOf(os::Arena::OfThisProcess(), owner);
    os::Result<os::ForkOutcome> outcome = Forker().Fork(
        patience_.Passed() ? os::Forker::WhenBusy::kFork : os::Forker::WhenBusy::kGiveUp,
        WithHelpers(),
        options_.inspector_port > 0 ? os::Forker::WithThreads::kYes : os::Forker::WithThreads::kNo,
        options_.when_orphaned);
    const bool has_forked = outcome.ok() && outcome.value().child >= 0;
    if (owner != 0 && !has_forked) os::UnpinObjectsOf(os::Arena::OfThisProcess(), owner);
    if (outcome.ok() && !has_forked) return;
    threads_stay_busy = outcome.ok() && outcome.value().busy_threads > 0;
    if (outcome.ok() && outcome.value().child == 0) BecomeChild(loop, outcome.value());
    // The callback may keep the loop busy for long; closing first lets the next request fork.
    Close();
    Report(std::move(outcome));
  }

  os::Forker::WithHelpers WithHelpers() const {
    if (!options_.with_helpers) return os::Forker::WithHelpers::kNo;
    return helpers_patience_.Passed() ? os::Forker::WithHelpers::kTry
                                      : os::Forker::WithHelpers::kMust;
  }

  // Before anything is compiled or collected, and before any handle is closed: until uv_loop_fork
  // the epoll instance is shared with the parent, and closing would remove the parent's own
  // registration.
  void BecomeChild(uv_loop_t* loop, const os::ForkOutcome& outcome) {
    if (!outcome.has_helpers) SetEngineFlagsOfChild();
    if (!outcome.has_helpers || outcome.busy_threads > 0) LimitWait();
    if (GetUvApi()->loop_fork(loop) != 0) _exit(127);
    inspector_ended_ = options_.inspector_port > 0 &&
                       EndInheritedSessions(outcome.threads, options_.inspector_port);
    ForgetFinishedWork(loop);
    GetUvApi()->update_time(loop);
    addon_->CloseAllHandles();
    os::Arena::OfThisProcess().ForgetThreads();
    os::ForgetClaimedSlots();
    addon_->participant().Forget();
  }

  static void LimitWait() {
    const auto helpers_run = [] { return Forker().HelpersRun(); };
    if (!LimitWaitForHelpers(helpers_run).ok()) _exit(127);
  }

  void Report(os::Result<os::ForkOutcome> outcome) {
    const Napi::Env env = addon_->env();
    // In a check callback there is no handle scope, and any call that touches the context crashes.
    const Napi::HandleScope scope(env);
    if (!outcome.ok()) {
      CallFromLoop(env, callback_, {ToError(env, outcome.error()).Value()}, context_);
      return;
    }
    os::ForkOutcome& fork = outcome.value();
    CallFromLoop(
        env, callback_,
        {env.Null(), Napi::Number::New(env, fork.child),
         Napi::Number::New(env, fork.pidfd.release()), Napi::Number::New(env, fork.busy_threads),
         Napi::Boolean::New(env, inspector_ended_)},
        context_);
  }

  static void OnClosed(uv_handle_t* handle) {
    auto* self = static_cast<ForkRequest*>(handle->data);
    if (++self->closed_ < 2) return;
    self->addon_->HandleClosed(self);
    delete self;
  }

  uv_idle_t idle_{};
  uv_check_t check_{};
  AddonData* addon_;
  Options options_;
  bool inspector_ended_ = false;
  Napi::FunctionReference callback_;
  Napi::AsyncContext context_;
  bool closing_ = false;
  int closed_ = 0;
  int turns_ = 0;
  os::Deadline patience_;
  os::Deadline helpers_patience_;
};

Napi::Value JsForkSupport(const Napi::CallbackInfo& info) {
  const os::Result<void> support = CheckSupport();
  if (support.ok()) return info.Env().Undefined();
  return ToError(info.Env(), support.error()).Value();
}

void JsUnblockSignals(const Napi::CallbackInfo&) { Forker().UnblockSignals(); }

void JsFork(const Napi::CallbackInfo& info) {
  ThrowIfFailed(info.Env(), CheckSupport());
  const ForkRequest::Options options{
      ReadBool(info, 0),
      ReadBool(info, 1) ? os::Forker::WhenOrphaned::kDie : os::Forker::WhenOrphaned::kLive,
      ReadInt(info, 2)};
  new ForkRequest(AddonData::Of(info.Env()), options, info[3].As<Napi::Function>());
}

}  // namespace

void RegisterFork(Napi::Env env, Napi::Object exports) {
  exports.Set("forkSupport", Napi::Function::New(env, JsForkSupport, "forkSupport"));
  exports.Set("unblockSignals", Napi::Function::New(env, JsUnblockSignals, "unblockSignals"));
  exports.Set("fork", Napi::Function::New(env, JsFork, "fork"));
}

}  // namespace mp::bind
