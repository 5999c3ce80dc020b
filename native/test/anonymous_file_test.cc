// Files without a name, also where the system has no call for them.

#include "os/anonymous_file.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "child.h"
#include "shared_arena.h"

namespace os = mp::os;

namespace {

constexpr uint64_t kSize = uint64_t{1} << 34;
constexpr int kForbidden = 77;

// From now on memfd_create() fails in this process, as where the kernel or a container has none.
bool ForbidMemfd(int errnum) {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_create, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(errnum)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{sizeof(filter) / sizeof(filter[0]), filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// In a child for which memfd_create() fails so.
template <typename Body>
void WithoutMemfd(int errnum, Body body) {
  const int exit_code = mp::test::InChild([&] {
    if (!ForbidMemfd(errnum)) return kForbidden;
    body();
    return 0;
  });
  if (exit_code == kForbidden) {
    WARN("seccomp is forbidden here");
  } else {
    CHECK(exit_code == 0);
  }
}

// What one process writes, others see; and it takes memory where it was written only.
bool IsUsable(int fd) {
  struct stat status {};
  const char text[] = "here";
  char read[sizeof(text)] = {};
  return fstat(fd, &status) == 0 && status.st_size == static_cast<off_t>(kSize) &&
         status.st_blocks == 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 &&
         pwrite(fd, text, sizeof(text), kSize / 2) == sizeof(text) &&
         pread(fd, read, sizeof(read), kSize / 2) == sizeof(read) && read[0] == 'h' &&
         fstat(fd, &status) == 0 && status.st_blocks > 0 && status.st_nlink == 0;
}

}  // namespace

TEST_CASE("a file without a name is as large as it should be, and empty") {
  auto file = os::CreateAnonymousFile(kSize);
  REQUIRE(file.ok());
  CHECK(IsUsable(file.value().get()));
  CHECK(ftruncate(file.value().get(), 1) != 0);
}

TEST_CASE("a file without a name is made where memfd_create is missing, too") {
  for (const int errnum : {ENOSYS, EPERM}) {
    WithoutMemfd(errnum, [] {
      auto file = os::CreateAnonymousFile(kSize);
      if (!file.ok() || !IsUsable(file.value().get())) _exit(1);
    });
  }
}

TEST_CASE("that memfd_create fails is an error when there is no memory") {
  WithoutMemfd(ENOMEM, [] {
    const auto file = os::CreateAnonymousFile(kSize);
    if (file.ok() || file.error().errnum != ENOMEM) _exit(1);
  });
}

TEST_CASE("processes share an arena where memfd_create is missing, too") {
  WithoutMemfd(ENOSYS, [] {
    const mp::test::SharedArena shared;
    const uint64_t offset = shared.Allocate(64);
    const int exit_code = mp::test::InChild([&] {
      shared.ClaimInChild();
      shared.arena.At<std::atomic<uint32_t>>(offset)->store(5);
      return 0;
    });
    if (exit_code != 0 || shared.arena.At<std::atomic<uint32_t>>(offset)->load() != 5) _exit(1);
    shared.Free(offset);
    if (!shared.IsEmpty()) _exit(1);
  });
}
