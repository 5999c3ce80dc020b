#include "os/read_only_word.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace mp::os {

Result<void> OverwriteReadOnly(void** word, void* value) {
  const auto size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  // An aligned word lies in one page.
  auto* page = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(word) & ~(size - 1));
  if (mprotect(page, size, PROT_READ | PROT_WRITE) != 0) return LastError("mprotect");
  *word = value;
  if (mprotect(page, size, PROT_READ) != 0) return LastError("mprotect");
  return {};
}

}  // namespace mp::os
