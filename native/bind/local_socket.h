#pragma once

#include <napi.h>

namespace mp::bind {

// listen, accept, connect, peerCredentials: see ts/native/binding.ts.
void RegisterLocalSocket(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
