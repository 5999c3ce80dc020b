#pragma once

#include <dirent.h>
#include <fcntl.h>

#include <cstdlib>
#include <set>

namespace mp::test {

// The open descriptors of this process.
inline std::set<int> OpenFds() {
  std::set<int> fds;
  DIR* directory = opendir("/proc/self/fd");
  while (const dirent* entry = readdir(directory)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != dirfd(directory)) fds.insert(fd);
  }
  closedir(directory);
  return fds;
}

inline bool IsCloseOnExec(int fd) { return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }

}  // namespace mp::test
