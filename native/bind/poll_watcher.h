#pragma once

#include <napi.h>

#include "bind/addon_data.h"
#include "bind/exit_reporter.h"

namespace mp::bind {

// JS class PollWatcher(fd, callback, reporter): tells when a descriptor is readable or writable;
// polls the ExitReporter first, if there is one.
//   start(events, keepAlive)  events: 1 readable, 2 writable; calls callback(status, events) once
//                             per turn of the loop for as long as that holds. keepAlive: whether
//                             the wait keeps the event loop running.
//   setKeepAlive(keepAlive)   changes that alone, with no system call.
//   stop()                    no more callbacks until the next start().
//   close()                   lets go of the descriptor, which the caller closes afterwards.
// status is 0 or a negative errno.
class PollWatcher : public Napi::ObjectWrap<PollWatcher> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);

  explicit PollWatcher(const Napi::CallbackInfo& info);
  ~PollWatcher() override;

 private:
  class Handle;

  void JsStart(const Napi::CallbackInfo& info);
  void JsSetKeepAlive(const Napi::CallbackInfo& info);
  void JsStop(const Napi::CallbackInfo& info);
  void JsClose(const Napi::CallbackInfo& info);
  void Notify(int status, int events);
  Handle& OpenHandleOrThrow(Napi::Env env);

  Handle* handle_ = nullptr;        // Null once closed.
  Napi::ObjectReference reporter_;  // An ExitReporter, or empty.
  Napi::FunctionReference callback_;
  Napi::AsyncContext context_;
};

}  // namespace mp::bind
