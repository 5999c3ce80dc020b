#include "os/proc_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "os/retry.h"
#include "os/unique_fd.h"

namespace mp::os {

Result<std::string> ReadProcFile(const char* path) {
  const UniqueFd fd(RetryOnEintr([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }));
  if (!fd.valid()) return LastError(path);
  std::string text;
  // Files of /proc have no size; the kernel fills at most a page per read of some of them.
  constexpr size_t kStep = 32 * 1024;
  size_t length = 0;
  while (true) {
    text.resize(length + kStep);
    const ssize_t got = RetryOnEintr([&] { return ::read(fd.get(), &text[length], kStep); });
    if (got < 0) return LastError(path);
    length += static_cast<size_t>(got);
    if (got == 0) break;
  }
  text.resize(length);
  return text;
}

}  // namespace mp::os
