#include "bind/local_socket.h"

#include "bind/addon_data.h"
#include "bind/arguments.h"
#include "bind/errors.h"
#include "os/local_socket.h"

namespace mp::bind {
namespace {

Napi::Value JsListen(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  os::Listener listener = ValueOrThrow(env, os::ListenOnRandomAddress());
  AddonData::Of(env)->fds().Add(listener.fd.get());
  Napi::Object result = Napi::Object::New(env);
  result.Set("fd", Napi::Number::New(env, listener.fd.release()));
  result.Set("address", Napi::String::New(env, listener.address));
  return result;
}

// A descriptor that is owned from now on, or a negative errno.
Napi::Value Own(const Napi::CallbackInfo& info, int fd) {
  if (fd >= 0) AddonData::Of(info.Env())->fds().Add(fd);
  return Napi::Number::New(info.Env(), fd);
}

Napi::Value JsAccept(const Napi::CallbackInfo& info) {
  return Own(info, os::Accept(ReadInt(info, 0)));
}

Napi::Value JsConnect(const Napi::CallbackInfo& info) {
  return Own(info, os::Connect(ReadString(info, 0)));
}

Napi::Value JsPeerCredentials(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const os::PeerCredentials peer = ValueOrThrow(env, os::ReadPeerCredentials(ReadInt(info, 0)));
  Napi::Object result = Napi::Object::New(env);
  result.Set("pid", Napi::Number::New(env, peer.pid));
  result.Set("uid", Napi::Number::New(env, peer.uid));
  result.Set("gid", Napi::Number::New(env, peer.gid));
  return result;
}

}  // namespace

void RegisterLocalSocket(Napi::Env env, Napi::Object exports) {
  exports.Set("listen", Napi::Function::New<JsListen>(env, "listen"));
  exports.Set("accept", Napi::Function::New<JsAccept>(env, "accept"));
  exports.Set("connect", Napi::Function::New<JsConnect>(env, "connect"));
  exports.Set("peerCredentials", Napi::Function::New<JsPeerCredentials>(env, "peerCredentials"));
}

}  // namespace mp::bind
