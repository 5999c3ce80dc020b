#pragma once

#include <climits>
#include <cstdint>

namespace mp::os {

// Both sides of the conversation with the resource tracker: see resource_tracker.h.

// The tracker's environment has the pid of the root here.
constexpr const char* kTrackerVariable = "NODE_MULTIPROCESSING_TRACKER_OF";
// Its descriptor of the socket, on which it says one byte when it listens.
constexpr int kTrackerChannel = 3;

// So small that the kernel sends it in one piece.
struct TrackerMessage {
  // 0: forget the name.
  uint64_t inode;
  char name[NAME_MAX + 1];
};

}  // namespace mp::os
