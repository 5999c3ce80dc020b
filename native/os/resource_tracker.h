#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// The resource tracker is a small process that unlinks what a tree of processes has left behind,
// however that ended. Each process of the tree that creates segments has one, or that of the
// process that it was forked from. It learns names through a socket, and sleeps until the root of
// the tree has ended, or everybody who knows it has, and left nothing.

// A program that has this code loaded, before or while it starts: the code takes over then.
struct TrackerProgram {
  std::string file;
  std::vector<std::string> arguments;    // argv, with argv[0].
  std::vector<std::string> environment;  // "NAME=value".
};

// This process's side. Any thread.
class ResourceTracker {
 public:
  // With this process the tree ends; without it, the tree of this one.
  void SetRoot(pid_t root);
  pid_t root() const;

  // Starts the tracker, and waits until it listens. Does nothing when one runs.
  Result<void> Start(const TrackerProgram& program);

  // The segment is to be unlinked at the end of the tree, if it is this one still. A negative
  // errno, or 0: -ESRCH when no tracker runs, -EPIPE when it has ended since, with what it knew.
  int Track(const std::string& name, uint64_t inode);
  // The segment is unlinked.
  void Forget(const std::string& name);

 private:
  int Send(const std::string& name, uint64_t inode);

  std::mutex mutex_;
  UniqueFd channel_;
  std::atomic<pid_t> root_{0};
};

}  // namespace mp::os
