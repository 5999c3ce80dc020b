#include "bind/arena.h"

#include <algorithm>

#include "bind/addon_data.h"
#include "bind/arguments.h"
#include "bind/errors.h"
#include "os/arena.h"
#include "os/arena_layout.h"
#include "os/futex.h"
#include "os/shared_heap.h"
#include "os/wait_queue.h"

namespace mp::bind {
namespace {

os::Arena& Arena() { return os::Arena::OfThisProcess(); }

Participant& Self(const Napi::CallbackInfo& info) {
  return AddonData::Of(info.Env())->participant();
}

os::OwnerId Owner(const Napi::CallbackInfo& info) { return Self(info).owner(); }

uint64_t ReadOffset(const Napi::CallbackInfo& info, size_t index) {
  return static_cast<uint64_t>(ReadDouble(info, index));
}

std::atomic<uint32_t>* ReadWord(const Napi::CallbackInfo& info, size_t index) {
  return Arena().At<std::atomic<uint32_t>>(ReadOffset(info, index));
}

Napi::Value ToNumber(const Napi::CallbackInfo& info, uint64_t value) {
  return Napi::Number::New(info.Env(), static_cast<double>(value));
}

Napi::Value JsArenaDescriptor(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ValueOrThrow(info.Env(), Arena().Descriptor()));
}

Napi::Value JsAdoptArena(const Napi::CallbackInfo& info) {
  const int fd = ReadInt(info, 0);
  const bool adopted = Arena().Adopt(fd);
  if (adopted) AddonData::Of(info.Env())->fds().Remove(fd);
  return Napi::Boolean::New(info.Env(), adopted);
}

Napi::Value JsJoinArena(const Napi::CallbackInfo& info) {
  ThrowIfFailed(info.Env(), Self(info).Join());
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("arena", ToNumber(info, Arena().header()->id));
  result.Set("owner", ToNumber(info, Owner(info)));
  result.Set("doorbell", Napi::Number::New(info.Env(), Self(info).doorbell()));
  return result;
}

void JsAnnounceLeaving(const Napi::CallbackInfo& info) { Self(info).AnnounceLeaving(); }

Napi::Value JsAllocateObject(const Napi::CallbackInfo& info) {
  const os::ObjectKind kind{static_cast<uint32_t>(ReadInt(info, 1)),
                            static_cast<uint32_t>(ReadInt(info, 2))};
  return ToNumber(info, ValueOrThrow(info.Env(), os::AllocateObject(Arena(), Owner(info),
                                                                    ReadOffset(info, 0), kind)));
}

Napi::Value JsSerialOfObject(const Napi::CallbackInfo& info) {
  return ToNumber(info, os::SerialOf(Arena(), ReadOffset(info, 0)));
}

Napi::Value JsAttachObject(const Napi::CallbackInfo& info) {
  const bool attached =
      os::AttachObject(Arena(), Owner(info), ReadOffset(info, 0), ReadOffset(info, 1),
                       static_cast<uint32_t>(ReadInt(info, 2)));
  return Napi::Boolean::New(info.Env(), attached);
}

// The environment may have left by now, and its references with it.
template <auto change>
void JsChangeObject(const Napi::CallbackInfo& info) {
  if (Owner(info) != 0) change(Arena(), Owner(info), ReadOffset(info, 0));
}

void JsPinObjectFor(const Napi::CallbackInfo& info) {
  if (Owner(info) == 0) return;
  os::PinObjectFor(Arena(), Owner(info), ReadOffset(info, 0), ReadOffset(info, 1));
}

Napi::Value JsObjectMemory(const Napi::CallbackInfo& info) {
  const uint64_t offset = ReadOffset(info, 0);
  const uint64_t size = std::min(ReadOffset(info, 1), Arena().size() - offset);
  return Napi::ArrayBuffer::New(info.Env(), Arena().At<char>(offset), static_cast<size_t>(size));
}

Napi::Value JsFutexWait(const Napi::CallbackInfo& info) {
  const int outcome =
      os::FutexWait(ReadWord(info, 0), static_cast<uint32_t>(ReadInt(info, 1)), ReadInt(info, 2));
  return Napi::Number::New(info.Env(), outcome);
}

Napi::Value JsWakeWaiters(const Napi::CallbackInfo& info) {
  auto& queue = *Arena().At<os::WaitQueue>(ReadOffset(info, 0));
  const auto count = ReadBool(info, 1) ? os::WakeCount::kAll : os::WakeCount::kOne;
  const uint32_t self = os::SlotOf(Owner(info));
  return Napi::Boolean::New(info.Env(),
                            os::Wake(Arena(), queue, count, self, Self(info).doorbell()));
}

void JsHearDoorbell(const Napi::CallbackInfo& info) {
  if (Owner(info) == 0) return;
  os::SilenceDoorbell(Self(info).doorbell());
  // Afterwards: whoever rings from now on is heard.
  Arena().header()->slots[os::SlotOf(Owner(info))].rung.store(0);
}

Napi::Value JsHasOwnerDied(const Napi::CallbackInfo& info) {
  const auto owner = static_cast<os::OwnerId>(ReadInt(info, 0));
  return Napi::Boolean::New(info.Env(), os::HasOwnerDied(Arena(), owner));
}

void JsSweepArena(const Napi::CallbackInfo& info) {
  if (Owner(info) != 0) os::SweepAbandonedSlots(Arena(), Owner(info));
}

Napi::Value JsArenaUsage(const Napi::CallbackInfo& info) {
  ThrowIfFailed(info.Env(), Self(info).Join());
  const os::HeapUsage usage = os::MeasureHeap(Arena(), Owner(info));
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("objects", ToNumber(info, usage.objects));
  result.Set("bytes", ToNumber(info, usage.bytes));
  result.Set("freeBlocks", ToNumber(info, usage.free_blocks));
  return result;
}

}  // namespace

void RegisterArena(Napi::Env env, Napi::Object exports) {
  // Known at compile time, calls cost less.
  exports.Set("arenaDescriptor", Napi::Function::New<JsArenaDescriptor>(env));
  exports.Set("adoptArena", Napi::Function::New<JsAdoptArena>(env));
  exports.Set("joinArena", Napi::Function::New<JsJoinArena>(env));
  exports.Set("announceLeaving", Napi::Function::New<JsAnnounceLeaving>(env));
  exports.Set("allocateObject", Napi::Function::New<JsAllocateObject>(env));
  exports.Set("serialOfObject", Napi::Function::New<JsSerialOfObject>(env));
  exports.Set("attachObject", Napi::Function::New<JsAttachObject>(env));
  exports.Set("detachObject", Napi::Function::New<JsChangeObject<os::DetachObject>>(env));
  exports.Set("pinObject", Napi::Function::New<JsChangeObject<os::PinObject>>(env));
  exports.Set("unpinObject", Napi::Function::New<JsChangeObject<os::UnpinObject>>(env));
  exports.Set("pinObjectFor", Napi::Function::New<JsPinObjectFor>(env));
  exports.Set("objectMemory", Napi::Function::New<JsObjectMemory>(env));
  exports.Set("futexWait", Napi::Function::New<JsFutexWait>(env));
  exports.Set("wakeWaiters", Napi::Function::New<JsWakeWaiters>(env));
  exports.Set("hearDoorbell", Napi::Function::New<JsHearDoorbell>(env));
  exports.Set("hasOwnerDied", Napi::Function::New<JsHasOwnerDied>(env));
  exports.Set("sweepArena", Napi::Function::New<JsSweepArena>(env));
  exports.Set("arenaUsage", Napi::Function::New<JsArenaUsage>(env));
}

}  // namespace mp::bind
