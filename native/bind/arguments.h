#pragma once

#include <napi.h>

#include <cstdint>
#include <string>

namespace mp::bind {

// TypeScript has checked every argument before the call (ts/native/binding.ts is the contract), so
// these only convert.
inline int32_t ReadInt(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::Number>().Int32Value();
}

inline double ReadDouble(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::Number>().DoubleValue();
}

inline bool ReadBool(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::Boolean>().Value();
}

inline std::string ReadString(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::String>().Utf8Value();
}

}  // namespace mp::bind
