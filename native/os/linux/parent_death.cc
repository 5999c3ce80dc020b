#include "os/parent_death.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace mp::os {

void DieWithParent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the call above: then no signal will come.
  if (getppid() != parent) raise(SIGKILL);
}

}  // namespace mp::os
