#pragma once

#include <napi.h>

namespace mp::bind {

void RegisterSharedRecord(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
