#include "os/frame_io.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <chrono>

#include "os/frame.h"
#include "os/record_lock.h"
#include "os/retry.h"
#include "os/socket_fds.h"

namespace mp::os {
namespace {

constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;

// Describes what is left of a frame after `position` bytes; returns the number of pieces.
int Gather(const OutgoingFrame& frame, FrameHeader* header, size_t position, iovec pieces[2]) {
  int count = 0;
  if (position < header->size) {
    pieces[count++] = {header->bytes + position, header->size - position};
    position = header->size;
  }
  const size_t sent = position - header->size;
  if (sent < frame.length)
    pieces[count++] = {const_cast<uint8_t*>(frame.body) + sent, frame.length - sent};
  return count;
}

}  // namespace

size_t FrameSize(const OutgoingFrame& frame) {
  return frame.length + (frame.length <= kMaxShortLength ? kShortHeaderSize : kLongHeaderSize);
}

int64_t SendFrame(int fd, const OutgoingFrame& frame) {
  FrameHeader header = MakeFrameHeader(frame.length);
  const size_t total = header.size + frame.length;
  size_t position = frame.position;
  while (position < total) {
    iovec pieces[2];
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = Gather(frame, &header, position, pieces);
    FdControl control;
    if (position == 0 && frame.fd_count > 0) control.Attach(&message, frame.fds, frame.fd_count);
    const ssize_t sent = RetryOnEintr([&] { return sendmsg(fd, &message, kFlags); });
    if (sent < 0) {
      // After some progress the error, if it lasts, is the next call's.
      if (position > frame.position) break;
      return -errno;
    }
    position += sent;
  }
  return position - frame.position;
}

int64_t SendFrameOnSharedEnd(int fd, const OutgoingFrame& frame) {
  const size_t total = FrameSize(frame);
  const bool may_stop_midway = total > kAtomicFrameSize;
  // Held already in the middle of a frame, unless the end became shared since it was begun.
  const Result<bool> locked = TryLockEnd(fd);
  if (!locked.ok()) return -locked.error().errnum;
  if (!locked.value()) return -EBUSY;
  if (frame.position == 0 && IsFrameOpen(fd)) {
    shutdown(fd, SHUT_WR);
    UnlockEnd(fd);
    return -EOWNERDEAD;
  }
  if (may_stop_midway) MarkFrameOpen(fd, true);
  const int64_t sent = SendFrame(fd, frame);
  const bool nothing_sent = sent < 0 && frame.position == 0;
  const bool all_sent = sent >= 0 && frame.position + sent == total;
  if (nothing_sent || all_sent) {
    if (may_stop_midway) MarkFrameOpen(fd, false);
    UnlockEnd(fd);
  }
  return sent;
}

int64_t Receive(int fd, uint8_t* buffer, size_t length) {
  size_t total = 0;
  while (total < length) {
    const ssize_t got =
        RetryOnEintr([&] { return recv(fd, buffer + total, length - total, MSG_DONTWAIT); });
    if (got < 0 && total == 0) return -errno;
    if (got <= 0) break;
    total += got;
  }
  return total;
}

int64_t ReceiveFrame(int fd, uint8_t* slab, size_t capacity, PartialFrame* partial) {
  iovec piece{slab, kShortHeaderSize};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  FdControl control;
  control.MakeRoom(&message);
  const ssize_t got =
      RetryOnEintr([&] { return recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
  if (got < 0) return -errno;

  partial->bytes = got;
  const bool has_control = message.msg_controllen > 0 || (message.msg_flags & MSG_CTRUNC) != 0;
  partial->fd_count = has_control ? FdControl::Take(&message, partial->fds) : 0;
  if (partial->fd_count != 0 || partial->bytes < kShortHeaderSize) return kPartialFrame;
  const int32_t length = ParseShortHeader(slab);
  if (length < 0 || static_cast<size_t>(length) > capacity - kShortHeaderSize) return kPartialFrame;
  if (length == 0) return 0;

  const int64_t body = Receive(fd, slab + kShortHeaderSize, length);
  if (body == length) return length;
  if (body > 0) partial->bytes += body;
  return kPartialFrame;
}

int64_t SpinForFrame(int fd, uint8_t* slab, size_t capacity, PartialFrame* partial, int spin_us,
                     bool yield_first, int* spun_us) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  if (yield_first) sched_yield();
  for (;;) {
    const int64_t outcome = ReceiveFrame(fd, slab, capacity, partial);
    const auto spent = Clock::now() - began;
    *spun_us =
        static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
    if (outcome != -EAGAIN || *spun_us >= spin_us) return outcome;
    sched_yield();
  }
}

}  // namespace mp::os
