#pragma once

#include <napi.h>

#include <initializer_list>

namespace mp::bind {

// Calls JS from a callback of libuv's. No exception crosses libuv: what JS throws becomes an
// uncaught exception, as in Node's own callbacks. Needs an open handle scope.
//
// Not Napi::FunctionReference::MakeCallback: in a worker_thread that is being terminated no JS runs
// any more, and the failure to call is made an Error there, which fails in turn and ends the
// process.
void CallFromLoop(Napi::Env env, const Napi::FunctionReference& callback,
                  std::initializer_list<napi_value> arguments, const Napi::AsyncContext& context);

}  // namespace mp::bind
