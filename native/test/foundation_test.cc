// Result, UniqueFd and the other small things that everything stands on.

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <type_traits>

#include "open_fds.h"
#include "os/deadline.h"
#include "os/host_symbol.h"
#include "os/proc_file.h"
#include "os/result.h"
#include "os/retry.h"
#include "os/unique_fd.h"
#include "vendor/catch.hpp"

namespace os = mp::os;

static_assert(!std::is_copy_constructible_v<os::UniqueFd>);
static_assert(!std::is_copy_assignable_v<os::UniqueFd>);
static_assert(std::is_nothrow_move_constructible_v<os::UniqueFd>);

namespace {

os::UniqueFd OpenNull() { return os::UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("a descriptor is closed with its owner") {
  int number = -1;
  {
    const os::UniqueFd fd = OpenNull();
    number = fd.get();
    CHECK(fd.valid());
    CHECK(IsOpen(number));
  }
  CHECK(!IsOpen(number));
}

TEST_CASE("a descriptor has one owner, whoever moves it") {
  os::UniqueFd first = OpenNull();
  const int number = first.get();
  os::UniqueFd second(std::move(first));
  CHECK(!first.valid());
  CHECK(second.get() == number);

  os::UniqueFd third = OpenNull();
  const int replaced = third.get();
  third = std::move(second);
  CHECK(third.get() == number);
  CHECK(!IsOpen(replaced));

  os::UniqueFd& itself = third;
  third = std::move(itself);
  CHECK(third.get() == number);
  CHECK(IsOpen(number));
}

TEST_CASE("a released descriptor stays open, a reset one does not") {
  os::UniqueFd fd = OpenNull();
  const int number = fd.release();
  CHECK(!fd.valid());
  CHECK(IsOpen(number));
  fd.reset(number);
  fd.reset();
  fd.reset();
  CHECK(!IsOpen(number));
}

TEST_CASE("a result is a value or the call that failed") {
  const os::Result<int> value(5);
  REQUIRE(value.ok());
  CHECK(value.value() == 5);

  errno = ENOSPC;
  const os::Result<int> failed(os::LastError("write"));
  REQUIRE(!failed.ok());
  CHECK(failed.error().errnum == ENOSPC);
  CHECK(std::string(failed.error().syscall) == "write");

  CHECK(os::Result<void>().ok());
  CHECK(os::Result<void>(os::SysError{EIO, "read"}).error().errnum == EIO);
}

TEST_CASE("a result holds what can only be moved") {
  os::Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = std::move(result.value());
  CHECK(*taken == 3);
}

TEST_CASE("an interrupted call is called again, any other failure is not") {
  int calls = 0;
  const int result = os::RetryOnEintr([&] {
    errno = ++calls < 3 ? EINTR : EIO;
    return -1;
  });
  CHECK(result == -1);
  CHECK(errno == EIO);
  CHECK(calls == 3);
}

TEST_CASE("a deadline passes when its time has come") {
  CHECK(os::Deadline::After(std::chrono::seconds(0)).Passed());
  CHECK(!os::Deadline::After(std::chrono::hours(1)).Passed());
}

TEST_CASE("a file of /proc is read whole, however long") {
  const auto fds = mp::test::OpenFds();
  // Longer than one read of the kernel's or of ours.
  const auto smaps = os::ReadProcFile("/proc/self/smaps");
  REQUIRE(smaps.ok());
  CHECK(smaps.value().size() > 4096);
  CHECK(smaps.value().back() == '\n');
  CHECK(smaps.value().find("[vdso]") != std::string::npos);
  CHECK(smaps.value().find('\0') == std::string::npos);
  CHECK(mp::test::OpenFds() == fds);
}

TEST_CASE("a file that does not exist is an error that names it") {
  const auto text = os::ReadProcFile("/proc/self/nothing");
  REQUIRE(!text.ok());
  CHECK(text.error().errnum == ENOENT);
  CHECK(std::string(text.error().syscall) == "/proc/self/nothing");
}

TEST_CASE("a symbol of the program is found, another is not") {
  CHECK(os::FindHostSymbol("malloc") != nullptr);
  CHECK(os::FindHostSymbol("mp_no_such_symbol") == nullptr);
}
