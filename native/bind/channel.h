#pragma once

#include <napi.h>

namespace mp::bind {

// Sockets and frames: see ts/native/binding.ts for the contract.
void RegisterChannel(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
