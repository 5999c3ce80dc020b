#pragma once

#include <cstdint>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// A file in memory that has no name, of this size, CLOEXEC. It is all zeros, and takes memory where
// it was touched or committed only. Nobody can change its size where the system can see to that.
Result<UniqueFd> CreateAnonymousFile(uint64_t size);

}  // namespace mp::os
