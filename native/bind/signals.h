#pragma once

#include <napi.h>

namespace mp::bind {

// See ts/native/binding.ts for the contract.
void RegisterSignals(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
