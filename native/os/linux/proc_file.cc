#include "os/proc_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "os/retry.h"
#include "os/unique_fd.h"

namespace mp::os {

Result<std::string> ReadProcFile(const char* path) {
  std::string text;
  const Result<void> read = ReadProcFile(path, &text);
  if (!read.ok()) return read.error();
  return text;
}

Result<void> ReadProcFile(const char* path, std::string* text) {
  const UniqueFd fd(RetryOnEintr([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }));
  if (!fd.valid()) return LastError(path);
  // Files of /proc have no size; the kernel fills at most a page per read of some of them.
  constexpr size_t kStep = 4096;
  size_t length = 0;
  while (true) {
    text->resize(std::max(length + kStep, text->capacity()));
    char* const end = text->data() + length;
    const ssize_t got = RetryOnEintr([&] { return ::read(fd.get(), end, text->size() - length); });
    if (got < 0) return LastError(path);
    length += static_cast<size_t>(got);
    if (got == 0) break;
  }
  text->resize(length);
  return {};
}

}  // namespace mp::os
