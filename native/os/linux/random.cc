#include "os/random.h"

#include <sys/random.h>

#include "os/retry.h"

namespace mp::os {

Result<void> FillRandom(void* memory, size_t size) {
  auto* bytes = static_cast<char*>(memory);
  while (size > 0) {
    const ssize_t got = RetryOnEintr([&] { return getrandom(bytes, size, 0); });
    if (got < 0) return LastError("getrandom");
    bytes += got;
    size -= static_cast<size_t>(got);
  }
  return {};
}

}  // namespace mp::os
