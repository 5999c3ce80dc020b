#include "bind/channel.h"

#include <fcntl.h>

#include <array>

#include "bind/addon_data.h"
#include "bind/arguments.h"
#include "bind/errors.h"
#include "os/frame_io.h"
#include "os/retry.h"
#include "os/socket_fds.h"
#include "os/socket_pair.h"
#include "os/wait_ready.h"

namespace mp::bind {
namespace {

OwnedFds& OwnedBy(const Napi::CallbackInfo& info) { return AddonData::Of(info.Env())->fds(); }

Napi::Value ToNumber(const Napi::CallbackInfo& info, int64_t value) {
  return Napi::Number::New(info.Env(), static_cast<double>(value));
}

Napi::Value JsSocketPair(const Napi::CallbackInfo& info) {
  const auto direction = ReadBool(info, 0) ? os::Direction::kBoth : os::Direction::kSecondToFirst;
  os::SocketPair pair = ValueOrThrow(info.Env(), os::CreateSocketPair(direction));
  Napi::Array fds = Napi::Array::New(info.Env(), 2);
  OwnedBy(info).Add(pair.first.get());
  OwnedBy(info).Add(pair.second.get());
  fds.Set(0u, pair.first.release());
  fds.Set(1u, pair.second.release());
  return fds;
}

void JsAdoptFd(const Napi::CallbackInfo& info) {
  const int fd = ReadInt(info, 0);
  const int flags = fcntl(fd, F_GETFD);
  if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
    throw ToError(info.Env(), os::LastError("fcntl"));
  OwnedBy(info).Add(fd);
}

Napi::Value JsDuplicateFd(const Napi::CallbackInfo& info) {
  const int copy = fcntl(ReadInt(info, 0), F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw ToError(info.Env(), os::LastError("fcntl"));
  OwnedBy(info).Add(copy);
  return ToNumber(info, copy);
}

void JsDisownFd(const Napi::CallbackInfo& info) { OwnedBy(info).Remove(ReadInt(info, 0)); }

void JsCloseFd(const Napi::CallbackInfo& info) {
  const int fd = ReadInt(info, 0);
  OwnedBy(info).Remove(fd);
  // Not retried and not reported: the descriptor is gone in any case.
  ::close(fd);
}

os::OutgoingFrame ReadFrame(const Napi::CallbackInfo& info) {
  const auto body = info[1].As<Napi::Uint8Array>();
  return {body.Data(), body.ElementLength()};
}

int64_t Send(const Napi::CallbackInfo& info, const os::OutgoingFrame& frame, bool shared) {
  const int fd = ReadInt(info, 0);
  return shared ? os::SendFrameOnSharedEnd(fd, frame) : os::SendFrame(fd, frame);
}

Napi::Value JsSendFrame(const Napi::CallbackInfo& info) {
  os::OutgoingFrame frame = ReadFrame(info);
  frame.position = info[2].As<Napi::Number>().Int64Value();
  return ToNumber(info, Send(info, frame, ReadBool(info, 3)));
}

Napi::Value JsSendFrameWithFds(const Napi::CallbackInfo& info) {
  os::OutgoingFrame frame = ReadFrame(info);
  const auto fds = info[2].As<Napi::Int32Array>();
  frame.fds = fds.Data();
  frame.fd_count = fds.ElementLength();
  return ToNumber(info, Send(info, frame, ReadBool(info, 3)));
}

// Tells TypeScript of a partial frame: [bytes, count of descriptors or -1, descriptors...].
void Describe(const Napi::CallbackInfo& info, const os::PartialFrame& partial) {
  auto details = info[2].As<Napi::Int32Array>();
  details[0] = static_cast<int32_t>(partial.bytes);
  details[1] = partial.fd_count;
  for (int i = 0; i < partial.fd_count; i++) {
    OwnedBy(info).Add(partial.fds[i]);
    details[2 + i] = partial.fds[i];
  }
}

Napi::Value JsReceiveFrame(const Napi::CallbackInfo& info) {
  auto slab = info[1].As<Napi::Uint8Array>();
  std::array<int, os::kMaxFds> fds;
  os::PartialFrame partial{0, 0, fds.data()};
  const int64_t outcome =
      os::ReceiveFrame(ReadInt(info, 0), slab.Data(), slab.ElementLength(), &partial);
  if (outcome == os::kPartialFrame) Describe(info, partial);
  return ToNumber(info, outcome);
}

Napi::Value JsSpinForFrame(const Napi::CallbackInfo& info) {
  auto slab = info[1].As<Napi::Uint8Array>();
  std::array<int, os::kMaxFds> fds;
  os::PartialFrame partial{0, 0, fds.data()};
  int spun_us = 0;
  const int64_t outcome = os::SpinForFrame(ReadInt(info, 0), slab.Data(), slab.ElementLength(),
                                           &partial, ReadInt(info, 3), ReadBool(info, 4), &spun_us);
  if (outcome == os::kPartialFrame) {
    Describe(info, partial);
  } else {
    info[2].As<Napi::Int32Array>()[0] = spun_us;
  }
  return ToNumber(info, outcome);
}

Napi::Value JsReceive(const Napi::CallbackInfo& info) {
  auto buffer = info[1].As<Napi::Uint8Array>();
  const int64_t start = info[2].As<Napi::Number>().Int64Value();
  const int64_t end = info[3].As<Napi::Number>().Int64Value();
  return ToNumber(info, os::Receive(ReadInt(info, 0), buffer.Data() + start, end - start));
}

Napi::Value JsWaitReady(const Napi::CallbackInfo& info) {
  return ToNumber(info, os::WaitReady(ReadInt(info, 0), ReadInt(info, 1), ReadInt(info, 2)));
}

}  // namespace

void RegisterChannel(Napi::Env env, Napi::Object exports) {
  exports.Set("socketPair", Napi::Function::New<JsSocketPair>(env, "socketPair"));
  exports.Set("adoptFd", Napi::Function::New<JsAdoptFd>(env, "adoptFd"));
  exports.Set("duplicateFd", Napi::Function::New<JsDuplicateFd>(env, "duplicateFd"));
  exports.Set("disownFd", Napi::Function::New<JsDisownFd>(env, "disownFd"));
  exports.Set("closeFd", Napi::Function::New<JsCloseFd>(env, "closeFd"));
  exports.Set("sendFrame", Napi::Function::New<JsSendFrame>(env, "sendFrame"));
  exports.Set("sendFrameWithFds", Napi::Function::New<JsSendFrameWithFds>(env, "sendFrameWithFds"));
  exports.Set("receiveFrame", Napi::Function::New<JsReceiveFrame>(env, "receiveFrame"));
  exports.Set("spinForFrame", Napi::Function::New<JsSpinForFrame>(env, "spinForFrame"));
  exports.Set("receive", Napi::Function::New<JsReceive>(env, "receive"));
  exports.Set("waitReady", Napi::Function::New<JsWaitReady>(env, "waitReady"));
}

}  // namespace mp::bind
