#include "os/host_symbol.h"

#include <dlfcn.h>

namespace mp::os {

void* FindHostSymbol(const char* name) { return dlsym(RTLD_DEFAULT, name); }

std::string FileOfThisCode() {
  static const int here = 0;
  Dl_info info;
  return dladdr(&here, &info) != 0 ? info.dli_fname : "";
}

}  // namespace mp::os
