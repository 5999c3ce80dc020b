#pragma once

#include <cstdint>

#include "os/result.h"

namespace mp::os {

// The end of the memory mapping that holds `address`; EFAULT when none does.
Result<uintptr_t> EndOfMapping(uintptr_t address);

}  // namespace mp::os
