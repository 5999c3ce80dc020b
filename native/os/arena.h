#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

struct ArenaHeader;

// The memory that all processes of one tree have in common: a file without a name, of a large size
// of which only what was used takes memory. Each process maps it once, at any address, and never
// unmaps it; what is in it is known by its offset. One object of this class per process.
class Arena {
 public:
  static Arena& OfThisProcess();

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // The descriptor, for children that do not inherit the mapping; the file is made if there is none
  // yet. It stays open for the life of the process, and so must every copy of it: to close one
  // would give up the record locks by which processes know that others live (os/participants).
  Result<int> Descriptor();

  // This process has been given the arena of its tree, and takes the descriptor over. False when it
  // has an arena.
  bool Adopt(int fd);

  // Maps it, if it is not mapped yet. Everything below needs that.
  Result<void> Map();
  bool is_mapped() const { return base_.load(std::memory_order_acquire) != nullptr; }

  ArenaHeader* header() const { return reinterpret_cast<ArenaHeader*>(base_.load()); }
  int fd() const { return fd_.get(); }
  uint64_t size() const { return size_; }

  template <typename T>
  T* At(uint64_t offset) const {
    return reinterpret_cast<T*>(base_.load(std::memory_order_relaxed) + offset);
  }
  uint64_t OffsetOf(const void* address) const {
    return static_cast<uint64_t>(static_cast<const char*>(address) - base_.load());
  }

  // Makes sure that the pages are there: without it, a lack of memory would be SIGBUS at the first
  // touch.
  Result<void> Commit(uint64_t offset, uint64_t size) const;
  // Gives the whole pages within the range back; they are zero then. Nothing else of it changes.
  void Discard(uint64_t offset, uint64_t size) const;

  // In a forked child, where no other thread is.
  void ForgetThreads();

 private:
  Result<void> Create();
  Result<void> Initialize();

  std::mutex mutex_;
  UniqueFd fd_;
  std::atomic<char*> base_{nullptr};
  uint64_t size_ = 0;
};

}  // namespace mp::os
