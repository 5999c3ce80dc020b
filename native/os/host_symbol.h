#pragma once

namespace mp::os {

// The address of a symbol that the running executable, or a library it has loaded, exports; null
// when there is none of that name.
void* FindHostSymbol(const char* name);

}  // namespace mp::os
