#pragma once

#include <napi.h>

namespace mp::bind {

// spawn, openProcessHandle, tryReap, sendSignal, dieWithParent, pid, exitNow, writeAll,
// fillRandom, detachStandardInput: see ts/native/binding.ts.
void RegisterProcess(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
