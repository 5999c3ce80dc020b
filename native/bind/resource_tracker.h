#pragma once

#include <napi.h>

namespace mp::bind {

void RegisterResourceTracker(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
