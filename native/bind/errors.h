#pragma once

#include <napi.h>

#include <string>

#include "os/result.h"

namespace mp::bind {

// An Error of Node's own shape, { code, errno, syscall }, for a system call that failed; with a
// `path`, where it was about something that has a name.
Napi::Error ToError(Napi::Env env, const os::SysError& error, const std::string& path = "");

// The value, or the JS exception that tells why there is none. Only in functions that JS called
// directly: nothing may be thrown through libuv.
template <typename T>
T ValueOrThrow(Napi::Env env, os::Result<T> result, const std::string& path = "") {
  if (!result.ok()) throw ToError(env, result.error(), path);
  return std::move(result.value());
}

template <typename T>
void ThrowIfFailed(Napi::Env env, const os::Result<T>& result, const std::string& path = "") {
  if (!result.ok()) throw ToError(env, result.error(), path);
}

}  // namespace mp::bind
