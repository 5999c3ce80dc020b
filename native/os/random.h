#pragma once

#include <cstddef>

#include "os/result.h"

namespace mp::os {

// Fills memory with random bytes of the kernel's generator.
Result<void> FillRandom(void* memory, size_t size);

}  // namespace mp::os
