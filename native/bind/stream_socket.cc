#include "bind/stream_socket.h"

#include <sys/socket.h>

#include "bind/addon_data.h"
#include "bind/arguments.h"
#include "bind/errors.h"
#include "os/stream_socket.h"

namespace mp::bind {
namespace {

// The first three arguments: 0 and a name; or 4 or 6, a host and a port.
os::Result<os::SocketAddress> ReadAddress(const Napi::CallbackInfo& info) {
  const int version = ReadInt(info, 0);
  const std::string host = ReadString(info, 1);
  if (version == 0) return os::LocalAddress(host);
  return os::InternetAddress(host, ReadInt(info, 2), version == 6 ? AF_INET6 : AF_INET);
}

Napi::Value Own(Napi::Env env, os::UniqueFd fd) {
  AddonData::Of(env)->fds().Add(fd.get());
  return Napi::Number::New(env, fd.release());
}

Napi::Value JsListenAt(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const os::SocketAddress address = ValueOrThrow(env, ReadAddress(info));
  return Own(env, ValueOrThrow(env, os::ListenAt(address, ReadInt(info, 3))));
}

Napi::Value JsStartConnecting(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto address = ReadAddress(info);
  if (!address.ok()) return Napi::Number::New(env, -address.error().errnum);
  auto socket = os::StartConnecting(address.value());
  if (!socket.ok()) return Napi::Number::New(env, -socket.error().errnum);
  return Own(env, std::move(socket.value()));
}

Napi::Value JsFinishConnecting(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), os::FinishConnecting(ReadInt(info, 0)));
}

void JsLimitSilence(const Napi::CallbackInfo& info) {
  os::LimitSilence(ReadInt(info, 0), ReadInt(info, 1));
}

Napi::Value JsAddressOf(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const int fd = ReadInt(info, 0);
  const bool is_peer = ReadBool(info, 1);
  const auto address = ValueOrThrow(env, is_peer ? os::PeerAddressOf(fd) : os::OwnAddressOf(fd));
  if (address.family() == AF_UNIX) return env.Null();
  const os::HostAndPort described = ValueOrThrow(env, os::Describe(address));
  Napi::Object result = Napi::Object::New(env);
  result.Set("host", Napi::String::New(env, described.host));
  result.Set("port", Napi::Number::New(env, described.port));
  return result;
}

Napi::Value JsIsLocalSocket(const Napi::CallbackInfo& info) {
  const auto address = os::OwnAddressOf(ReadInt(info, 0));
  const bool is_local = address.ok() && address.value().family() == AF_UNIX;
  return Napi::Boolean::New(info.Env(), is_local);
}

}  // namespace

void RegisterStreamSocket(Napi::Env env, Napi::Object exports) {
  exports.Set("listenAt", Napi::Function::New<JsListenAt>(env, "listenAt"));
  exports.Set("startConnecting", Napi::Function::New<JsStartConnecting>(env, "startConnecting"));
  exports.Set("finishConnecting", Napi::Function::New<JsFinishConnecting>(env, "finishConnecting"));
  exports.Set("limitSilence", Napi::Function::New<JsLimitSilence>(env, "limitSilence"));
  exports.Set("addressOf", Napi::Function::New<JsAddressOf>(env, "addressOf"));
  exports.Set("isLocalSocket", Napi::Function::New<JsIsLocalSocket>(env, "isLocalSocket"));
}

}  // namespace mp::bind
