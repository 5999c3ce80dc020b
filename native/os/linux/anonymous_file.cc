#include "os/anonymous_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>

#include "os/random.h"
#include "os/retry.h"

namespace mp::os {
namespace {

// Kernels before 3.17 have none, and filters of system calls may know none.
bool IsMissing(int errnum) { return errnum == ENOSYS || errnum == EPERM; }

// It has a name for a moment, which nobody can guess.
Result<UniqueFd> OpenNameless() {
  uint64_t random[2];
  const Result<void> filled = FillRandom(random, sizeof(random));
  if (!filled.ok()) return filled.error();
  char name[64];
  std::snprintf(name, sizeof(name), "/node-multiprocessing-%016" PRIx64 "%016" PRIx64, random[0],
                random[1]);
  // CLOEXEC by POSIX.
  UniqueFd fd(RetryOnEintr([&] { return shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600); }));
  if (!fd.valid()) return LastError("shm_open");
  if (shm_unlink(name) != 0) return LastError("shm_unlink");
  return fd;
}

Result<void> Resize(int fd, uint64_t size) {
  const auto length = static_cast<off_t>(size);
  if (RetryOnEintr([&] { return ftruncate(fd, length); }) != 0) return LastError("ftruncate");
  return {};
}

Result<UniqueFd> CreateNameless(uint64_t size) {
  Result<UniqueFd> fd = OpenNameless();
  if (!fd.ok()) return fd;
  const Result<void> resized = Resize(fd.value().get(), size);
  if (!resized.ok()) return resized.error();
  return fd;
}

}  // namespace

Result<UniqueFd> CreateAnonymousFile(uint64_t size) {
  UniqueFd fd(memfd_create("node-multiprocessing", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.valid()) return IsMissing(errno) ? CreateNameless(size) : LastError("memfd_create");
  const Result<void> resized = Resize(fd.get(), size);
  if (!resized.ok()) return resized.error();
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return LastError("fcntl");
  }
  return fd;
}

}  // namespace mp::os
