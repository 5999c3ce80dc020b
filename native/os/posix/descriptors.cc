#include "os/descriptors.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "os/retry.h"
#include "os/unique_fd.h"

namespace mp::os {
namespace {

constexpr int kFirstAfterStandard = 3;

Result<void> Become(int standard, int fd) {
  if (RetryOnEintr([&] { return ::dup2(fd, standard); }) < 0) return LastError("dup2");
  if (fcntl(standard, F_SETFD, FD_CLOEXEC) < 0) return LastError("fcntl");
  return {};
}

// A copy whose number is none of the standard ones.
Result<UniqueFd> CopyOrNull(int fd) {
  UniqueFd null;
  if (fd < 0) null.reset(RetryOnEintr([] { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }));
  if (fd < 0 && !null.valid()) return LastError("open /dev/null");
  UniqueFd copy(fcntl(fd < 0 ? null.get() : fd, F_DUPFD_CLOEXEC, kFirstAfterStandard));
  if (!copy.valid()) return LastError("fcntl");
  return copy;
}

}  // namespace

Result<void> WriteAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = RetryOnEintr([&] { return ::write(fd, data, size); });
    if (written >= 0) {
      data += written;
      size -= static_cast<size_t>(written);
      continue;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) return LastError("write");
    pollfd writable{fd, POLLOUT, 0};
    if (RetryOnEintr([&] { return ::poll(&writable, 1, -1); }) < 0) return LastError("poll");
  }
  return {};
}

Result<void> RedirectOutput(int out, int err) {
  // Both are copied before one changes: the new standard error may be the old standard output.
  const Result<UniqueFd> new_out = CopyOrNull(out);
  if (!new_out.ok()) return new_out.error();
  const Result<UniqueFd> new_err = CopyOrNull(err);
  if (!new_err.ok()) return new_err.error();
  const Result<void> done = Become(STDOUT_FILENO, new_out.value().get());
  return done.ok() ? Become(STDERR_FILENO, new_err.value().get()) : done;
}

Result<void> DetachStandardInput() {
  UniqueFd null(RetryOnEintr([] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }));
  if (!null.valid()) return LastError("open /dev/null");
  // Standard input was closed, and this has taken its place.
  if (null.get() == STDIN_FILENO) {
    if (fcntl(null.release(), F_SETFD, 0) < 0) return LastError("fcntl");
    return {};
  }
  if (RetryOnEintr([&] { return ::dup2(null.get(), STDIN_FILENO); }) < 0) return LastError("dup2");
  return {};
}

Result<void> ReplaceDescriptor(int fd, int by) {
  if (RetryOnEintr([&] { return ::dup3(by, fd, O_CLOEXEC); }) < 0) return LastError("dup3");
  return {};
}

MutedStandardError::MutedStandardError()
    : real_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, kFirstAfterStandard)) {
  const Result<UniqueFd> null = CopyOrNull(-1);
  if (real_.valid() && null.ok()) static_cast<void>(Become(STDERR_FILENO, null.value().get()));
}

MutedStandardError::~MutedStandardError() {
  if (real_.valid()) static_cast<void>(Become(STDERR_FILENO, real_.get()));
}

}  // namespace mp::os
