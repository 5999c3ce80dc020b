// The memory of a child is freed after its end, by another child of the same parent.

#include "os/undertaker.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <vector>

#include "child.h"
#include "open_fds.h"
#include "os/process_handle.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::ExitCodeOf;
using mp::test::HasChildren;

namespace {

constexpr int kExitCode = 7;

template <typename Body>
pid_t StartUndertaken(Body body) {
  os::UndertakerPlace* const place = os::ClaimUndertakerPlace();
  REQUIRE(place != nullptr);
  const pid_t parent = getpid();
  const pid_t child = mp::test::StartChild([&] {
    os::EnterUndertakerPlace(place, parent);
    body();
    os::ExitNow(kExitCode);
    return 0;
  });
  os::AssignUndertakerPlace(place, child);
  return child;
}

int EndOf(int process_handle) {
  pollfd entry{process_handle, POLLIN, 0};
  REQUIRE(poll(&entry, 1, -1) == 1);
  const auto code = os::TryReap(process_handle);
  REQUIRE(code.ok());
  return code.value().value_or(-1000);
}

}  // namespace

TEST_CASE("a child has its exit code, and an undertaker that its parent reaps", "[undertaker]") {
  const std::set<int> before = mp::test::OpenFds();
  {
    const pid_t child = StartUndertaken([] {});
    CHECK(ExitCodeOf(child) == kExitCode);
    const os::UniqueFd undertaker = os::TakeUndertakerOf(child);
    REQUIRE(undertaker.valid());
    CHECK(EndOf(undertaker.get()) == 0);
    CHECK_FALSE(os::TakeUndertakerOf(child).valid());
  }
  CHECK_FALSE(HasChildren());
  CHECK(mp::test::OpenFds() == before);
}

TEST_CASE("who waits for what a child has open does not wait for its undertaker", "[undertaker]") {
  mp::test::Pipe pipe;
  const pid_t child = StartUndertaken([&] { pipe.reader.reset(); });
  pipe.writer.reset();
  CHECK(ExitCodeOf(child) == kExitCode);
  pollfd entry{pipe.reader.get(), POLLIN, 0};
  CHECK(poll(&entry, 1, 0) == 1);
  CHECK(entry.revents == POLLHUP);
  EndOf(os::TakeUndertakerOf(child).get());
}

TEST_CASE("a child that was killed has no undertaker", "[undertaker]") {
  const pid_t child = StartUndertaken([] { raise(SIGKILL); });
  CHECK(ExitCodeOf(child) == -SIGKILL);
  CHECK_FALSE(os::TakeUndertakerOf(child).valid());
  CHECK_FALSE(HasChildren());
}

TEST_CASE("a child of a child tells its own parent", "[undertaker]") {
  const pid_t child = StartUndertaken([] {
    const pid_t grandchild = StartUndertaken([] {});
    if (ExitCodeOf(grandchild) != kExitCode) _exit(1);
    if (EndOf(os::TakeUndertakerOf(grandchild).get()) != 0 || HasChildren()) _exit(2);
  });
  CHECK(ExitCodeOf(child) == kExitCode);
  EndOf(os::TakeUndertakerOf(child).get());
  CHECK_FALSE(HasChildren());
}

TEST_CASE("a child whose parent is another than it knew ends without an undertaker",
          "[undertaker]") {
  os::UndertakerPlace* const place = os::ClaimUndertakerPlace();
  const pid_t child = mp::test::StartChild([&] {
    os::EnterUndertakerPlace(place, getpid());
    os::ExitNow(kExitCode);
    return 0;
  });
  os::AssignUndertakerPlace(place, child);
  CHECK(ExitCodeOf(child) == kExitCode);
  CHECK_FALSE(os::TakeUndertakerOf(child).valid());
  CHECK_FALSE(HasChildren());
}

TEST_CASE("places are given back, and more children than there are places just end",
          "[undertaker]") {
  std::vector<os::UndertakerPlace*> claimed;
  while (os::UndertakerPlace* const place = os::ClaimUndertakerPlace()) {
    claimed.push_back(place);
    REQUIRE(claimed.size() <= 10000);
  }
  CHECK(claimed.size() >= 100);
  const pid_t child = mp::test::StartChild([] {
    os::EnterUndertakerPlace(nullptr, getppid());
    os::ExitNow(kExitCode);
    return 0;
  });
  CHECK(ExitCodeOf(child) == kExitCode);
  CHECK_FALSE(HasChildren());
  for (os::UndertakerPlace* const place : claimed) os::AssignUndertakerPlace(place, -1);
  os::UndertakerPlace* const again = os::ClaimUndertakerPlace();
  CHECK(again == claimed.front());
  os::AssignUndertakerPlace(again, -1);
}
