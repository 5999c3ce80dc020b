#include "os/proc_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "os/retry.h"
#include "os/unique_fd.h"

namespace mp::os {

Result<std::string> ReadProcFile(const char* path) {
  std::string memory;
  const Result<std::string_view> text = ReadProcFile(path, &memory);
  if (!text.ok()) return text.error();
  memory.resize(text.value().size());
  return memory;
}

Result<std::string_view> ReadProcFile(const char* path, std::string* memory) {
  const UniqueFd fd(RetryOnEintr([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }));
  if (!fd.valid()) return LastError(path);
  // Files of /proc have no size; the kernel fills at most a page per read of some of them.
  constexpr size_t kStep = 4096;
  size_t length = 0;
  while (true) {
    if (memory->size() < length + kStep) memory->resize(2 * (length + kStep));
    char* const end = memory->data() + length;
    const size_t room = memory->size() - length;
    const ssize_t got = RetryOnEintr([&] { return ::read(fd.get(), end, room); });
    if (got < 0) return LastError(path);
    if (got == 0) return std::string_view(memory->data(), length);
    length += static_cast<size_t>(got);
  }
}

}  // namespace mp::os
