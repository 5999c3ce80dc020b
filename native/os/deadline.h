#pragma once

#include <chrono>

namespace mp::os {

using Clock = std::chrono::steady_clock;

// A point in time after which a wait gives up.
class Deadline {
 public:
  static Deadline After(Clock::duration timeout) { return Deadline(Clock::now() + timeout); }
  bool Passed() const { return Clock::now() >= at_; }

 private:
  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at_;
};

}  // namespace mp::os
