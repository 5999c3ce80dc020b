#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

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

inline std::vector<std::string> ReadStrings(const Napi::CallbackInfo& info, size_t index) {
  const auto array = info[index].As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < array.Length(); i++) {
    strings.push_back(array.Get(i).As<Napi::String>().Utf8Value());
  }
  return strings;
}

}  // namespace mp::bind
