#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "os/deadline.h"
#include "os/result.h"

namespace mp::os {

// Makes the JavaScript heap inheritable for the time of one fork.
//
// V8 marks its heap MADV_DONTFORK, so that a child_process.spawn of a large process stays cheap. A
// child that is to run JavaScript needs the heap: without this it dies of SIGSEGV at its first
// touch. The parent gets its marks back after the fork, for the next child_process.spawn.
class InheritableHeap {
 public:
  // Lifts the marks. Called with the loop standing still, right before the fork.
  Result<void> Lift();
  // Puts the marks back on what had them. Parent side.
  void Restore();

 private:
  struct Region {
    uintptr_t start;
    uintptr_t end;
    bool marked;

    bool operator==(const Region& other) const { return start == other.start && end == other.end; }
    bool operator<(const Region& other) const { return start < other.start; }
  };

  // Whether all regions are known.
  Result<bool> ReadRegions();
  Result<void> ReadMarks();

  // Every private anonymous mapping, sorted. The marks stand only in smaps, which is ten times as
  // slow as maps and more; so it is read only when maps shows a new region, and not too often. A
  // region whose mark is not known goes without it after the fork, no more.
  std::vector<Region> regions_;
  Clock::time_point next_reading_of_marks_{};
  std::string memory_;
};

}  // namespace mp::os
