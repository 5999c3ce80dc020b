#pragma once

#include <napi.h>

namespace mp::bind {

void RegisterArena(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
