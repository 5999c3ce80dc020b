#include "bind/exit_reporter.h"

#include "bind/arguments.h"
#include "bind/errors.h"
#include "bind/exit_code.h"
#include "os/abandoned_children.h"

namespace mp::bind {

void ExitReporter::Register(Napi::Env env, Napi::Object exports) {
  exports.Set("ExitReporter", DefineClass(env, "ExitReporter",
                                          {InstanceMethod("poll", &ExitReporter::JsPoll),
                                           InstanceMethod("reportTo", &ExitReporter::JsReportTo)}));
}

ExitReporter::ExitReporter(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ExitReporter>(info), reporter_(ReadInt(info, 0)) {}

Napi::Value ExitReporter::JsPoll(const Napi::CallbackInfo& info) {
  os::ReapAbandonedChildren();
  return ExitCodeToJs(info.Env(), ValueOrThrow(info.Env(), reporter_.Poll()));
}

void ExitReporter::JsReportTo(const Napi::CallbackInfo& info) {
  reporter_.ReportTo(ReadInt(info, 0));
}

}  // namespace mp::bind
