#include "bind/call_from_loop.h"

namespace mp::bind {

void CallFromLoop(Napi::Env env, const Napi::FunctionReference& callback,
                  std::initializer_list<napi_value> arguments, const Napi::AsyncContext& context) {
  const napi_status status = napi_make_callback(env, context, env.Global(), callback.Value(),
                                                arguments.size(), arguments.begin(), nullptr);
  if (status != napi_pending_exception) return;
  // Nothing is pending in a thread that is being terminated.
  bool pending = false;
  napi_value exception;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  if (napi_get_and_clear_last_exception(env, &exception) != napi_ok) return;
  napi_fatal_exception(env, exception);
}

}  // namespace mp::bind
