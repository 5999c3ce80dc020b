#pragma once

#include <napi.h>

namespace mp::bind {

// forkSupport(), fork(callback): see ts/native/binding.ts.
void RegisterFork(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
