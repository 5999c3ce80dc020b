#pragma once

#include <napi.h>

#include <optional>

#include "os/process_handle.h"

namespace mp::bind {

// null while the process runs.
inline Napi::Value ExitCodeToJs(Napi::Env env, std::optional<os::ExitCode> exit_code) {
  if (!exit_code.has_value()) return env.Null();
  return Napi::Number::New(env, *exit_code);
}

}  // namespace mp::bind
