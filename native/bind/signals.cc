#include "bind/signals.h"

#include <csignal>

#include "bind/addon_data.h"
#include "bind/arguments.h"
#include "bind/errors.h"
#include "os/signal_disposition.h"

namespace mp::bind {
namespace {

// libuv counts a signal in the watcher of its listener from within the signal handler, whichever
// thread that ran on, and counts it as dispatched when the loop has called the listener.
void FindUndispatched(uv_handle_t* handle, void* data) {
  if (handle->type != UV_SIGNAL) return;
  const auto* watcher = reinterpret_cast<const uv_signal_t*>(handle);
  // Node itself listens to SIGWINCH, to learn the size of its terminal.
  if (watcher->signum == SIGWINCH) return;
  const unsigned int caught = *const_cast<const volatile unsigned int*>(&watcher->caught_signals);
  if (caught != watcher->dispatched_signals) *static_cast<int*>(data) = watcher->signum;
}

Napi::Value JsUndispatchedSignal(const Napi::CallbackInfo& info) {
  int signum = 0;
  const UvApi* uv = GetUvApi();
  if (uv != nullptr) uv->walk(AddonData::Of(info.Env())->loop(), FindUndispatched, &signum);
  return Napi::Number::New(info.Env(), signum);
}

Napi::Value JsIgnoredSignals(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), os::CountIgnoredSignals());
}

void JsSetSignalIgnored(const Napi::CallbackInfo& info) {
  const int signal = ReadInt(info, 0);
  ThrowIfFailed(info.Env(),
                ReadBool(info, 1) ? os::IgnoreSignal(signal) : os::StopIgnoringSignal(signal));
}

}  // namespace

void RegisterSignals(Napi::Env env, Napi::Object exports) {
  exports.Set("undispatchedSignal", Napi::Function::New<JsUndispatchedSignal>(env));
  exports.Set("ignoredSignals", Napi::Function::New<JsIgnoredSignals>(env));
  exports.Set("setSignalIgnored", Napi::Function::New<JsSetSignalIgnored>(env));
}

}  // namespace mp::bind
