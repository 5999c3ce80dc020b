#include "os/host_symbol.h"

#include <dlfcn.h>

namespace mp::os {

void* FindHostSymbol(const char* name) { return dlsym(RTLD_DEFAULT, name); }

}  // namespace mp::os
