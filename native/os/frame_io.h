#pragma once

#include <cstddef>
#include <cstdint>

namespace mp::os {

// Frames over stream sockets. No call waits, and none sets O_NONBLOCK, which belongs to the open
// file description and so to every process that shares it: each passes MSG_DONTWAIT. These are the
// hot path, so an outcome is one number: a count of bytes, or a negative errno (-EAGAIN when it
// would have to wait).

struct OutgoingFrame {
  const uint8_t* body;
  size_t length;
  // Bytes of the frame, header included, that were sent by earlier calls.
  size_t position = 0;
  // Descriptors that travel with the first byte of the frame.
  const int* fds = nullptr;
  size_t fd_count = 0;
};

size_t FrameSize(const OutgoingFrame& frame);

// A frame of at most so many bytes, header included, is sent whole or not at all: it becomes one
// buffer of the kernel's (32 KiB, UNIX_SKB_FRAGS_SZ).
constexpr size_t kAtomicFrameSize = 32768;

// Sends as much of the rest of a frame as the kernel takes. Returns how much that was.
int64_t SendFrame(int fd, const OutgoingFrame& frame);

// As SendFrame, on an end that other processes may write to as well: holds the end's record lock
// from the first byte to the last, also over several calls. Beside the errors of SendFrame:
//   -EBUSY       another process is in the middle of a frame; nothing was done
//   -EOWNERDEAD  another process died in the middle of a frame: what follows could not be told from
//                the rest of it, so the end has been shut down for writing
int64_t SendFrameOnSharedEnd(int fd, const OutgoingFrame& frame);

// What was read of a frame that is not simply there in whole. `bytes` of it, header included, are
// in the slab.
struct PartialFrame {
  size_t bytes;
  // Descriptors that came along, or -1 when the kernel could not deliver them.
  int fd_count;
  int* fds;
};

constexpr int64_t kPartialFrame = -4096;

// Reads one frame to `slab` (capacity >= 4): header, then body, never a byte more. Returns the
// length of the body, which starts at slab + 4; or a negative errno, when nothing was read; or
// kPartialFrame, when the frame is not all there (no byte at all: end of file), does not fit, or
// brought descriptors (then only the header, or a part of it, is read). `partial->fds` has room for
// kMaxFds.
int64_t ReceiveFrame(int fd, uint8_t* slab, size_t capacity, PartialFrame* partial);

// As ReceiveFrame, but while there is nothing to read tries again for `spin_us`, and lets other
// threads have the processor in between. A peer that is about to answer does so in less time than
// it takes to fall asleep and be woken. `yield_first`: the answer cannot be there yet. `*spun_us`
// tells how long it took: far more than asked for when other work keeps the processor busy.
int64_t SpinForFrame(int fd, uint8_t* slab, size_t capacity, PartialFrame* partial, int spin_us,
                     bool yield_first, int* spun_us);

// Reads up to `length` bytes, all that is there. 0 is the end of file.
int64_t Receive(int fd, uint8_t* buffer, size_t length);

}  // namespace mp::os
