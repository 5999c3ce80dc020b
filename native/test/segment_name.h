#pragma once

#include <unistd.h>

#include <string>

#include "os/shared_memory.h"
#include "vendor/catch.hpp"

namespace mp::test {

// A name that no other test has; what has it is gone when the test is over.
class SegmentName {
 public:
  explicit SegmentName(const std::string& what)
      : name_("mp_test_" + what + "_" + std::to_string(getpid())) {}
  ~SegmentName() {
    if (getpid() == creator_) static_cast<void>(os::UnlinkSegment(name_));
  }
  SegmentName(const SegmentName&) = delete;
  SegmentName& operator=(const SegmentName&) = delete;

  const std::string& get() const { return name_; }
  bool IsTaken() const { return os::FindSegment(name_).ok(); }

 private:
  const std::string name_;
  // A forked child of a test leaves it alone.
  const pid_t creator_ = getpid();
};

inline os::Segment Create(const SegmentName& name, size_t size = 4096) {
  auto segment = os::CreateSegment(name.get(), size);
  REQUIRE(segment.ok());
  return std::move(segment.value());
}

}  // namespace mp::test
