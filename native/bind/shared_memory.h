#pragma once

#include <napi.h>

namespace mp::bind {

void RegisterSharedMemory(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
