#pragma once

#include <cstdint>
#include <vector>

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
  };

  Result<void> Refresh();
  bool Knows(const Region& region) const;

  // Every private anonymous mapping as last read from smaps, sorted. The marks stand only there,
  // and smaps is ten times as slow as maps, so it is read again only when maps shows a new region.
  // So a mark may be out of date; then a region goes without its mark after the fork, no more.
  std::vector<Region> regions_;
};

}  // namespace mp::os
