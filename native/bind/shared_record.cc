#include "bind/shared_record.h"

#include <mutex>
#include <vector>

namespace mp::bind {
namespace {

// One per process, not per environment: it is how threads tell each other what they cannot find out
// by themselves, such as where the forkserver is.
std::mutex mutex;
std::vector<uint8_t>& Record() {
  static std::vector<uint8_t> record;
  return record;
}

Napi::Value JsSharedRecord(const Napi::CallbackInfo& info) {
  const std::lock_guard<std::mutex> lock(mutex);
  const std::vector<uint8_t>& record = Record();
  if (record.empty()) return info.Env().Null();
  Napi::Uint8Array copy = Napi::Uint8Array::New(info.Env(), record.size());
  std::copy(record.begin(), record.end(), copy.Data());
  return copy;
}

void JsSetSharedRecord(const Napi::CallbackInfo& info) {
  const auto bytes = info[0].As<Napi::Uint8Array>();
  const std::lock_guard<std::mutex> lock(mutex);
  Record().assign(bytes.Data(), bytes.Data() + bytes.ByteLength());
}

}  // namespace

void RegisterSharedRecord(Napi::Env env, Napi::Object exports) {
  exports.Set("sharedRecord", Napi::Function::New(env, JsSharedRecord, "sharedRecord"));
  exports.Set("setSharedRecord", Napi::Function::New(env, JsSetSharedRecord, "setSharedRecord"));
}

}  // namespace mp::bind
