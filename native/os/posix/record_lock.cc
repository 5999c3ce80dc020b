#include "os/record_lock.h"

#include <fcntl.h>

#include "os/retry.h"

namespace mp::os {
namespace {

int SetLock(int fd, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0;
  lock.l_len = 1;
  return RetryOnEintr([&] { return fcntl(fd, F_SETLK, &lock); });
}

}  // namespace

Result<bool> TryLockEnd(int fd) {
  if (SetLock(fd, F_WRLCK) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  return LastError("fcntl");
}

void UnlockEnd(int fd) { SetLock(fd, F_UNLCK); }

}  // namespace mp::os
