#pragma once

#include <string>

namespace mp::os {

// The address of a symbol that the running executable, or a library it has loaded, exports; null
// when there is none of that name.
void* FindHostSymbol(const char* name);

// The file that this very code was loaded from.
std::string FileOfThisCode();

}  // namespace mp::os
