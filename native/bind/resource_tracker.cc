#include "bind/resource_tracker.h"

#include "bind/arguments.h"
#include "bind/errors.h"
#include "os/host_symbol.h"
#include "os/resource_tracker.h"

namespace mp::bind {
namespace {

// One per process, not per environment: its threads have one tracker.
os::ResourceTracker& Tracker() {
  static os::ResourceTracker tracker;
  return tracker;
}

Napi::Value JsTrackSegment(const Napi::CallbackInfo& info) {
  const auto inode = static_cast<uint64_t>(ReadDouble(info, 1));
  return Napi::Number::New(info.Env(), Tracker().Track(ReadString(info, 0), inode));
}

void JsForgetSegment(const Napi::CallbackInfo& info) { Tracker().Forget(ReadString(info, 0)); }

void JsStartTracker(const Napi::CallbackInfo& info) {
  const os::TrackerProgram program{ReadString(info, 0), ReadStrings(info, 1), ReadStrings(info, 2)};
  ThrowIfFailed(info.Env(), Tracker().Start(program));
}

void JsSetTreeRoot(const Napi::CallbackInfo& info) { Tracker().SetRoot(ReadInt(info, 0)); }

Napi::Value JsTreeRoot(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Tracker().root());
}

Napi::Value JsAddonPath(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), os::FileOfThisCode());
}

}  // namespace

void RegisterResourceTracker(Napi::Env env, Napi::Object exports) {
  const auto set = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  set("trackSegment", JsTrackSegment);
  set("forgetSegment", JsForgetSegment);
  set("startTracker", JsStartTracker);
  set("setTreeRoot", JsSetTreeRoot);
  set("treeRoot", JsTreeRoot);
  set("addonPath", JsAddonPath);
}

}  // namespace mp::bind
