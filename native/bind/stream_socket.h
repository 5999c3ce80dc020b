#pragma once

#include <napi.h>

namespace mp::bind {

// listenAt, startConnecting, finishConnecting, addressOf, isLocalSocket: see ts/native/binding.ts.
void RegisterStreamSocket(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
