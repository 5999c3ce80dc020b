#include "os/arena.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <new>

#include "os/anonymous_file.h"
#include "os/arena_layout.h"
#include "os/random.h"
#include "os/retry.h"
#include "os/shared_heap.h"

namespace mp::os {
namespace {

constexpr uint64_t kPreferredSize = uint64_t{64} << 30;
constexpr uint64_t kLeastSize = uint64_t{4} << 20;
// Of the address space that this process may have: the rest is for everything else.
constexpr uint64_t kPartOfAddressSpace = 4;
// The byte that is locked while the arena is initialised. No slot has this number.
constexpr off_t kInitializing = kSlots;

uint64_t LimitOf(decltype(RLIMIT_AS) resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kPreferredSize;
  return limit.rlim_cur;
}

// What the limits of this process allow; they hold for the size of a file in memory, too, beyond
// which there would be a SIGXFSZ.
uint64_t SizeWithinLimits() {
  const uint64_t size =
      std::min({kPreferredSize, LimitOf(RLIMIT_FSIZE), LimitOf(RLIMIT_AS) / kPartOfAddressSpace});
  return size / kPageSize * kPageSize;
}

constexpr uint64_t kIdMask = (uint64_t{1} << 53) - 1;

// While it lives, no other process initialises the arena. No thread of this one does either: that
// is the mutex.
class InitializationLock {
 public:
  explicit InitializationLock(int fd) : fd_(fd) { Set(F_WRLCK); }
  ~InitializationLock() { Set(F_UNLCK); }
  InitializationLock(const InitializationLock&) = delete;
  InitializationLock& operator=(const InitializationLock&) = delete;

 private:
  void Set(short type) {
    struct flock record {};
    record.l_type = type;
    record.l_whence = SEEK_SET;
    record.l_start = kInitializing;
    record.l_len = 1;
    RetryOnEintr([&] { return fcntl(fd_, F_SETLKW, &record); });
  }

  int fd_;
};

}  // namespace

Arena& Arena::OfThisProcess() {
  // Never destroyed: threads may use it until the very end.
  static Arena& arena = *new Arena;
  return arena;
}

Result<int> Arena::Descriptor() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Result<void> created = Create();
  if (!created.ok()) return created.error();
  return fd_.get();
}

bool Arena::Adopt(int fd) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (fd_.valid()) return false;
  fd_.reset(fd);
  return true;
}

Result<void> Arena::Create() {
  if (fd_.valid()) return {};
  const uint64_t size = SizeWithinLimits();
  if (size < kLeastSize) return SysError{ENOMEM, "ftruncate"};
  Result<UniqueFd> fd = CreateAnonymousFile(size);
  if (!fd.ok()) return fd.error();
  fd_ = std::move(fd.value());
  return {};
}

Result<void> Arena::Map() {
  if (is_mapped()) return {};
  const std::lock_guard<std::mutex> lock(mutex_);
  if (is_mapped()) return {};
  const Result<void> created = Create();
  if (!created.ok()) return created;
  struct stat status {};
  if (fstat(fd_.get(), &status) != 0) return LastError("fstat");
  size_ = static_cast<uint64_t>(status.st_size);
  void* base =
      mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd_.get(), 0);
  if (base == MAP_FAILED) return LastError("mmap");
  // A core dump would hold the memory of the whole tree.
  madvise(base, size_, MADV_DONTDUMP);
  base_.store(static_cast<char*>(base), std::memory_order_release);
  const Result<void> initialized = Initialize();
  if (initialized.ok()) return {};
  base_.store(nullptr);
  munmap(base, size_);
  return initialized;
}

Result<void> Arena::Initialize() {
  const InitializationLock lock(fd_.get());
  // Its page may not be there yet: read through the file, which needs none.
  uint64_t magic = 0;
  if (RetryOnEintr([&] { return pread(fd_.get(), &magic, sizeof(magic), 0); }) < 0) {
    return LastError("pread");
  }
  if (magic == kArenaMagic) return {};
  const Result<void> committed = Commit(0, kHeapStart);
  if (!committed.ok()) return committed;
  uint64_t id = 0;
  const Result<void> filled = FillRandom(&id, sizeof(id));
  if (!filled.ok()) return filled;
  header()->id = id & kIdMask;
  const Result<void> formatted = FormatHeap(*this);
  if (!formatted.ok()) return formatted;
  header()->magic.store(kArenaMagic, std::memory_order_release);
  return {};
}

Result<void> Arena::Commit(uint64_t offset, uint64_t size) const {
  const int status = RetryOnEintr([&] {
    return fallocate(fd_.get(), 0, static_cast<off_t>(offset), static_cast<off_t>(size));
  });
  if (status != 0) return LastError("fallocate");
  return {};
}

void Arena::Discard(uint64_t offset, uint64_t size) const {
  const uint64_t begin = (offset + kPageSize - 1) / kPageSize * kPageSize;
  const uint64_t end = (offset + size) / kPageSize * kPageSize;
  if (begin >= end) return;
  RetryOnEintr([&] {
    return fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                     static_cast<off_t>(begin), static_cast<off_t>(end - begin));
  });
}

void Arena::ForgetThreads() {
  // One that held it is not here to let it go.
  new (&mutex_) std::mutex;
}

}  // namespace mp::os
