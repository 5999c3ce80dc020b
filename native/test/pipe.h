#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "os/retry.h"
#include "os/unique_fd.h"
#include "vendor/catch.hpp"

namespace mp::test {

// A pipe through which processes and threads of a test wait for each other.
struct Pipe {
  explicit Pipe(int flags = 0) {
    int fds[2];
    REQUIRE(pipe2(fds, O_CLOEXEC | flags) == 0);
    reader.reset(fds[0]);
    writer.reset(fds[1]);
  }
  os::UniqueFd reader;
  os::UniqueFd writer;
};

// Blocks until a byte comes; false at the end of file.
inline bool ReadByte(int fd) {
  char byte;
  return os::RetryOnEintr([&] { return read(fd, &byte, 1); }) == 1;
}

inline bool WriteByte(int fd) {
  const char byte = 1;
  return os::RetryOnEintr([&] { return write(fd, &byte, 1); }) == 1;
}

}  // namespace mp::test
