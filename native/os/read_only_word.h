#pragma once

#include "os/result.h"

namespace mp::os {

// Changes a word of this process's memory that is write-protected, as a table of functions is. No
// other thread may use it meanwhile.
Result<void> OverwriteReadOnly(void** word, void* value);

}  // namespace mp::os
