#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "os/result.h"

namespace mp::os {

// The one owner of a shared mapping in this process.
class SharedMapping {
 public:
  SharedMapping() = default;
  SharedMapping(void* address, size_t size) : address_(address), size_(size) {}
  SharedMapping(SharedMapping&& other) noexcept;
  SharedMapping& operator=(SharedMapping&& other) noexcept;
  SharedMapping(const SharedMapping&) = delete;
  SharedMapping& operator=(const SharedMapping&) = delete;
  ~SharedMapping() { Unmap(); }

  void* address() const { return address_; }
  size_t size() const { return size_; }
  // Idempotent.
  void Unmap();

 private:
  void* address_ = nullptr;
  size_t size_ = 0;
};

// Memory with a name of the system, without the slash that it begins with there: what CPython's
// multiprocessing.shared_memory has.
struct Segment {
  SharedMapping mapping;
  // Tells it from a later segment of the same name.
  uint64_t inode;
};

// A new segment, which only this user may open. All of its memory is reserved, so that there is
// never a SIGBUS for lack of it: ENOSPC instead. EEXIST when there is one of that name; EFBIG when
// a limit of this process forbids the size. Nothing is left of it after an error.
Result<Segment> CreateSegment(const std::string& name, size_t size);

// A segment that exists, as large as it is now. EFBIG when it is larger than `max_size`, ENODATA
// when it is empty, as it is for a moment while somebody creates it.
Result<Segment> OpenSegment(const std::string& name, size_t max_size);

// Takes the name away. The memory is there until the last process has unmapped it.
Result<void> UnlinkSegment(const std::string& name);

// The inode behind the name.
Result<uint64_t> FindSegment(const std::string& name);

}  // namespace mp::os
