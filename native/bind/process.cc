#include "bind/process.h"

#include <unistd.h>

#include "bind/arguments.h"
#include "bind/errors.h"
#include "bind/exit_code.h"
#include "os/abandoned_children.h"
#include "os/descriptors.h"
#include "os/parent_death.h"
#include "os/process_handle.h"
#include "os/random.h"
#include "os/spawn.h"
#include "os/undertaker.h"

namespace mp::bind {
namespace {

Napi::Value JsSpawn(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  os::ReapAbandonedChildren();
  const os::SpawnPlan plan{ReadString(info, 0), ReadStrings(info, 1), ReadStrings(info, 2),
                           ReadInt(info, 3)};
  os::SpawnedProcess process = ValueOrThrow(env, os::Spawn(plan));
  Napi::Object result = Napi::Object::New(env);
  result.Set("pid", Napi::Number::New(env, process.pid));
  result.Set("handle", Napi::Number::New(env, process.pidfd.release()));
  return result;
}

Napi::Value JsOpenProcessHandle(const Napi::CallbackInfo& info) {
  os::UniqueFd handle = ValueOrThrow(info.Env(), os::OpenProcessHandle(ReadInt(info, 0)));
  return Napi::Number::New(info.Env(), handle.release());
}

Napi::Value JsTryReap(const Napi::CallbackInfo& info) {
  os::ReapAbandonedChildren();
  return ExitCodeToJs(info.Env(), ValueOrThrow(info.Env(), os::TryReap(ReadInt(info, 0))));
}

Napi::Value JsExitCodeOf(const Napi::CallbackInfo& info) {
  const auto code = os::ExitCodeOf(ReadInt(info, 0));
  if (!code.ok() && code.error().errnum == ENOTSUP) return info.Env().Undefined();
  return ExitCodeToJs(info.Env(), ValueOrThrow(info.Env(), code));
}

Napi::Value JsSendSignal(const Napi::CallbackInfo& info) {
  const bool sent = ValueOrThrow(info.Env(), os::SendSignal(ReadInt(info, 0), ReadInt(info, 1)));
  return Napi::Boolean::New(info.Env(), sent);
}

Napi::Value JsIsUndisturbed(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), os::IsUndisturbed(ReadInt(info, 0), ReadInt(info, 1)));
}

void JsDieWithProcess(const Napi::CallbackInfo& info) {
  ThrowIfFailed(info.Env(), os::DieWithProcess(ReadInt(info, 0)));
}

void JsOutliveParent(const Napi::CallbackInfo& info) {
  ThrowIfFailed(info.Env(), os::OutliveParent());
}

Napi::Value JsPid(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), getpid());
}

Napi::Value JsUserId(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), geteuid());
}

void JsExitNow(const Napi::CallbackInfo& info) { os::ExitNow(ReadInt(info, 0)); }

Napi::Value JsTakeUndertakerOf(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), os::TakeUndertakerOf(ReadInt(info, 0)).release());
}

void JsWriteAll(const Napi::CallbackInfo& info) {
  const auto bytes = info[1].As<Napi::Uint8Array>();
  ThrowIfFailed(info.Env(),
                os::WriteAll(ReadInt(info, 0), reinterpret_cast<const char*>(bytes.Data()),
                             bytes.ByteLength()));
}

void JsFillRandom(const Napi::CallbackInfo& info) {
  auto bytes = info[0].As<Napi::Uint8Array>();
  ThrowIfFailed(info.Env(), os::FillRandom(bytes.Data(), bytes.ByteLength()));
}

void JsRedirectOutput(const Napi::CallbackInfo& info) {
  ThrowIfFailed(info.Env(), os::RedirectOutput(ReadInt(info, 0), ReadInt(info, 1)));
}

void JsDetachStandardInput(const Napi::CallbackInfo& info) {
  ThrowIfFailed(info.Env(), os::DetachStandardInput());
}

}  // namespace

void RegisterProcess(Napi::Env env, Napi::Object exports) {
  const auto set = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  set("spawn", JsSpawn);
  set("openProcessHandle", JsOpenProcessHandle);
  set("tryReap", JsTryReap);
  set("exitCodeOf", JsExitCodeOf);
  set("sendSignal", JsSendSignal);
  set("dieWithProcess", JsDieWithProcess);
  set("outliveParent", JsOutliveParent);
  set("pid", JsPid);
  set("userId", JsUserId);
  set("exitNow", JsExitNow);
  set("takeUndertakerOf", JsTakeUndertakerOf);
  set("isUndisturbed", JsIsUndisturbed);
  set("writeAll", JsWriteAll);
  set("fillRandom", JsFillRandom);
  set("redirectOutput", JsRedirectOutput);
  set("detachStandardInput", JsDetachStandardInput);
}

}  // namespace mp::bind
