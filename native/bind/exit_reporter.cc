#include "bind/exit_reporter.h"

#include "bind/arguments.h"
#include "bind/errors.h"
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
  const auto exit_code = ValueOrThrow(info.Env(), reporter_.Poll());
  if (!exit_code.has_value()) return info.Env().Null();
  return Napi::Number::New(info.Env(), *exit_code);
}

void ExitReporter::JsReportTo(const Napi::CallbackInfo& info) {
  reporter_.ReportTo(ReadInt(info, 0));
}

}  // namespace mp::bind
