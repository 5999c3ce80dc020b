#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

struct SpawnPlan {
  std::string file;
  std::vector<std::string> arguments;    // argv, with argv[0].
  std::vector<std::string> environment;  // "NAME=value".
  // Becomes descriptor 3; 0 is /dev/null, 1 and 2 are inherited, everything else is closed on exec.
  int channel;
};

struct SpawnedProcess {
  pid_t pid;
  UniqueFd pidfd;
};

// Starts a program without copying this process, however large it is (posix_spawn: vfork
// semantics). Signal dispositions and mask start at their defaults.
Result<SpawnedProcess> Spawn(const SpawnPlan& plan);

}  // namespace mp::os
