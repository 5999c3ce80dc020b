#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// What a program finds of signals when it begins.
enum class SpawnSignals { kDefault, kBlocked };

struct SpawnPlan {
  std::string file;
  std::vector<std::string> arguments;    // argv, with argv[0].
  std::vector<std::string> environment;  // "NAME=value".
  // Becomes descriptor 3; 0 is /dev/null, 1 and 2 are inherited, everything else is closed on exec.
  int channel;
  SpawnSignals signals = SpawnSignals::kDefault;
};

struct SpawnedProcess {
  pid_t pid;
  UniqueFd pidfd;
};

// Starts a program without copying this process, however large it is (posix_spawn: vfork
// semantics). Signal dispositions start at their defaults.
Result<SpawnedProcess> Spawn(const SpawnPlan& plan);

}  // namespace mp::os
