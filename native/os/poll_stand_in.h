#pragma once

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// A descriptor that can be watched for events, to be shown in place of `fd` to who would change
// something about that. An error when `fd` itself cannot be watched: EBADF, or EPERM for a file.
Result<UniqueFd> CreatePollStandIn(int fd);

}  // namespace mp::os
