#pragma once

#include <sys/socket.h>

#include <cstddef>

namespace mp::os {

// SCM_MAX_FD: what the kernel takes in one message.
constexpr size_t kMaxFds = 253;

// The control part of one sendmsg or recvmsg that carries descriptors.
class FdControl {
 public:
  // Attaches descriptors to a message about to be sent; at most kMaxFds.
  void Attach(msghdr* message, const int* fds, size_t count);

  // Gives a message about to be received room for kMaxFds descriptors.
  void MakeRoom(msghdr* message);

  // Moves the received descriptors to `fds`, which has room for kMaxFds, and returns how many.
  // When the kernel could not deliver all of them (MSG_CTRUNC: usually this process is out of
  // descriptors), those that came are closed and the result is -1.
  static int Take(msghdr* message, int* fds);

 private:
  alignas(cmsghdr) char buffer_[CMSG_SPACE(kMaxFds * sizeof(int))];
};

}  // namespace mp::os
