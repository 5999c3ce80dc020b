#pragma once

#include <napi.h>
#include <uv.h>

namespace mp::bind {

// What a forked child must forget of the event loop that it got from its parent. The struct members
// used here are public in <uv.h> and part of libuv's ABI within 1.x.

// Results of the parent's thread pool that wait for their callback: file contents, compressed data,
// resolved names. Their callbacks belong to the parent.
void ForgetFinishedWork(uv_loop_t* loop);

// revealHandles(), concealHandles(), forgetRequests(), loopIsAlive(): see ts/native/binding.ts.
void RegisterInheritedLoop(Napi::Env env, Napi::Object exports);

}  // namespace mp::bind
