#pragma once

#include <napi.h>

#include "os/exit_reporter.h"

namespace mp::bind {

// JS class ExitReporter(handle): takes the exit code of a child of this process.
//   poll()              its exit code, null while it runs. Throws ECHILD when somebody else has it.
//   reportTo(socket)    from now on it is told there as soon as it is known; -1: nowhere. The
//                       caller keeps the socket.
// A PollWatcher that is given one polls it before it calls any JavaScript.
class ExitReporter : public Napi::ObjectWrap<ExitReporter> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);

  explicit ExitReporter(const Napi::CallbackInfo& info);

  // What goes wrong, the next poll of JavaScript's tells.
  void Poll() { static_cast<void>(reporter_.Poll()); }

 private:
  Napi::Value JsPoll(const Napi::CallbackInfo& info);
  void JsReportTo(const Napi::CallbackInfo& info);

  os::ExitReporter reporter_;
};

}  // namespace mp::bind
