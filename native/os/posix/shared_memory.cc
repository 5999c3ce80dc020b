#include "os/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "os/retry.h"
#include "os/unique_fd.h"

namespace mp::os {
namespace {

constexpr mode_t kOwnerOnly = 0600;

std::string SystemName(const std::string& name) { return "/" + name; }

Result<UniqueFd> Open(const std::string& name, int flags) {
  const std::string path = SystemName(name);
  // CLOEXEC by POSIX.
  UniqueFd fd(RetryOnEintr([&] { return shm_open(path.c_str(), flags, kOwnerOnly); }));
  if (!fd.valid()) return LastError("shm_open");
  return fd;
}

// While it lives, no signal interrupts this thread.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

// Growing a file beyond this limit would be a signal that ends the process.
bool ExceedsFileSizeLimit(size_t size) {
  rlimit limit;
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
         size > limit.rlim_cur;
}

Result<void> Reserve(int fd, size_t size) {
  if (ExceedsFileSizeLimit(size)) return SysError{EFBIG, "ftruncate"};
  const auto length = static_cast<off_t>(size);
  // First of all, so that nobody finds it empty for long.
  if (RetryOnEintr([&] { return ftruncate(fd, length); }) != 0) return LastError("ftruncate");
  // A signal would have it begin anew: with a profiler's, it might never end.
  const BlockedSignals blocked;
  const int status = posix_fallocate(fd, 0, length);
  // Not every kind of file can: then memory is taken where it is touched.
  if (status != 0 && status != EOPNOTSUPP && status != EINVAL) {
    return SysError{status, "posix_fallocate"};
  }
  return {};
}

Result<struct stat> StatusOf(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return LastError("fstat");
  return status;
}

Result<Segment> Map(int fd, const struct stat& status) {
  const auto size = static_cast<size_t>(status.st_size);
  void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return LastError("mmap");
  return Segment{SharedMapping(address, size), status.st_ino};
}

Result<Segment> ReserveAndMap(int fd, size_t size) {
  const Result<void> reserved = Reserve(fd, size);
  if (!reserved.ok()) return reserved.error();
  const Result<struct stat> status = StatusOf(fd);
  if (!status.ok()) return status.error();
  return Map(fd, status.value());
}

}  // namespace

SharedMapping::SharedMapping(SharedMapping&& other) noexcept
    : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SharedMapping& SharedMapping::operator=(SharedMapping&& other) noexcept {
  if (this == &other) return *this;
  Unmap();
  address_ = std::exchange(other.address_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

void SharedMapping::Unmap() {
  void* const address = std::exchange(address_, nullptr);
  if (address != nullptr) munmap(address, std::exchange(size_, 0));
}

Result<Segment> CreateSegment(const std::string& name, size_t size) {
  const Result<UniqueFd> fd = Open(name, O_CREAT | O_EXCL | O_RDWR);
  if (!fd.ok()) return fd.error();
  Result<Segment> segment = ReserveAndMap(fd.value().get(), size);
  if (!segment.ok()) static_cast<void>(UnlinkSegment(name));
  return segment;
}

Result<Segment> OpenSegment(const std::string& name, size_t max_size) {
  const Result<UniqueFd> fd = Open(name, O_RDWR);
  if (!fd.ok()) return fd.error();
  const Result<struct stat> status = StatusOf(fd.value().get());
  if (!status.ok()) return status.error();
  const auto size = static_cast<size_t>(status.value().st_size);
  if (size == 0) return SysError{ENODATA, "mmap"};
  if (size > max_size) return SysError{EFBIG, "mmap"};
  return Map(fd.value().get(), status.value());
}

Result<void> UnlinkSegment(const std::string& name) {
  if (shm_unlink(SystemName(name).c_str()) != 0) return LastError("shm_unlink");
  return {};
}

Result<uint64_t> FindSegment(const std::string& name) {
  const Result<UniqueFd> fd = Open(name, O_RDONLY);
  if (!fd.ok()) return fd.error();
  const Result<struct stat> status = StatusOf(fd.value().get());
  if (!status.ok()) return status.error();
  return static_cast<uint64_t>(status.value().st_ino);
}

}  // namespace mp::os
