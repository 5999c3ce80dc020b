#pragma once

#include <set>

#include "os/abandoned_children.h"
#include "os/unique_fd.h"

namespace mp::bind {

// The descriptors that objects of an environment own. A worker_thread that is terminated runs no
// finalizers; without this its peers would never see the end of file. Its children stay children of
// this process.
class OwnedFds {
 public:
  OwnedFds() = default;
  OwnedFds(const OwnedFds&) = delete;
  OwnedFds& operator=(const OwnedFds&) = delete;
  ~OwnedFds() { CloseAll(); }

  void Add(int fd) { fds_.insert(fd); }
  void Remove(int fd) { fds_.erase(fd); }
  void CloseAll() {
    for (const int fd : fds_) os::CloseOrAbandon(os::UniqueFd(fd));
    fds_.clear();
  }

 private:
  std::set<int> fds_;
};

}  // namespace mp::bind
