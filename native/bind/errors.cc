#include "bind/errors.h"

#include <cstring>
#include <string>

#include "bind/uv_api.h"

namespace mp::bind {
namespace {

std::string NameOf(int errnum) {
  const UvApi* uv = GetUvApi();
  if (uv != nullptr) return uv->err_name(-errnum);
  return "ERRNO_" + std::to_string(errnum);
}

}  // namespace

Napi::Error ToError(Napi::Env env, const os::SysError& error, const std::string& path) {
  const std::string code = NameOf(error.errnum);
  std::string message = code + ": " + std::strerror(error.errnum) + ", " + error.syscall;
  if (!path.empty()) message += " '" + path + "'";
  Napi::Error result = Napi::Error::New(env, message);
  result.Set("code", Napi::String::New(env, code));
  // Negative, as in Node's own system errors.
  result.Set("errno", Napi::Number::New(env, -error.errnum));
  result.Set("syscall", Napi::String::New(env, error.syscall));
  if (!path.empty()) result.Set("path", Napi::String::New(env, path));
  return result;
}

}  // namespace mp::bind
