#include "os/socket_fds.h"

#include <unistd.h>

#include <cstring>

namespace mp::os {

void FdControl::Attach(msghdr* message, const int* fds, size_t count) {
  std::memset(buffer_, 0, CMSG_SPACE(count * sizeof(int)));
  message->msg_control = buffer_;
  message->msg_controllen = CMSG_SPACE(count * sizeof(int));
  cmsghdr* header = CMSG_FIRSTHDR(message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(header), fds, count * sizeof(int));
}

void FdControl::MakeRoom(msghdr* message) {
  message->msg_control = buffer_;
  message->msg_controllen = sizeof(buffer_);
}

int FdControl::Take(msghdr* message, int* fds) {
  size_t count = 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(message); header != nullptr;
       header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const size_t received = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    // The buffer has room for kMaxFds in all, so this cannot pass the end of `fds`.
    std::memcpy(fds + count, CMSG_DATA(header), received * sizeof(int));
    count += received;
  }
  if ((message->msg_flags & MSG_CTRUNC) == 0) return static_cast<int>(count);
  for (size_t i = 0; i < count; i++) close(fds[i]);
  return -1;
}

}  // namespace mp::os
