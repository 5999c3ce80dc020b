#include "bind/shared_memory.h"

#include <memory>

#include "bind/arguments.h"
#include "bind/errors.h"
#include "os/shared_memory.h"

namespace mp::bind {
namespace {

// A mapping belongs to the memory of its ArrayBuffer, which may go on living elsewhere: its
// transfer() makes another ArrayBuffer of it.
using WeakMapping = std::weak_ptr<os::SharedMapping>;

Napi::Object ToJs(Napi::Env env, os::Segment segment) {
  const auto mapping = std::make_shared<os::SharedMapping>(std::move(segment.mapping));
  const auto release = [mapping](Napi::Env, void*) { mapping->Unmap(); };
  Napi::Object result = Napi::Object::New(env);
  result.Set("memory", Napi::ArrayBuffer::New(env, mapping->address(), mapping->size(), release));
  result.Set("mapping", Napi::External<WeakMapping>::New(
                            env, new WeakMapping(mapping),
                            [](Napi::Env, WeakMapping* unused) { delete unused; }));
  result.Set("inode", Napi::Number::New(env, static_cast<double>(segment.inode)));
  return result;
}

Napi::Value JsCreateSegment(const Napi::CallbackInfo& info) {
  const std::string name = ReadString(info, 0);
  const auto size = static_cast<size_t>(ReadDouble(info, 1));
  os::Segment segment = ValueOrThrow(info.Env(), os::CreateSegment(name, size), name);
  try {
    return ToJs(info.Env(), std::move(segment));
  } catch (const Napi::Error&) {
    // This runtime has no room for it, or takes no foreign memory at all.
    static_cast<void>(os::UnlinkSegment(name));
    throw;
  }
}

Napi::Value JsOpenSegment(const Napi::CallbackInfo& info) {
  const std::string name = ReadString(info, 0);
  const auto max_size = static_cast<size_t>(ReadDouble(info, 1));
  return ToJs(info.Env(), ValueOrThrow(info.Env(), os::OpenSegment(name, max_size), name));
}

void JsCloseSegment(const Napi::CallbackInfo& info) {
  auto memory = info[0].As<Napi::ArrayBuffer>();
  // It has become another ArrayBuffer, for which the memory must stay.
  if (memory.IsDetached()) return;
  memory.Detach();
  const auto mapping = info[1].As<Napi::External<WeakMapping>>().Data()->lock();
  // At once: the finalizer comes in a later turn of the event loop.
  if (mapping != nullptr) mapping->Unmap();
}

void JsUnlinkSegment(const Napi::CallbackInfo& info) {
  const std::string name = ReadString(info, 0);
  ThrowIfFailed(info.Env(), os::UnlinkSegment(name), name);
}

}  // namespace

void RegisterSharedMemory(Napi::Env env, Napi::Object exports) {
  exports.Set("createSegment", Napi::Function::New(env, JsCreateSegment, "createSegment"));
  exports.Set("openSegment", Napi::Function::New(env, JsOpenSegment, "openSegment"));
  exports.Set("closeSegment", Napi::Function::New(env, JsCloseSegment, "closeSegment"));
  exports.Set("unlinkSegment", Napi::Function::New(env, JsUnlinkSegment, "unlinkSegment"));
}

}  // namespace mp::bind
