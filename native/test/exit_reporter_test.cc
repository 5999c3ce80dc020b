// The exit code of a child, told to a process that is not its parent.

#include "os/exit_reporter.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "child.h"
#include "os/process_handle.h"
#include "os/socket_pair.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::StartChild;

namespace {

os::SocketPair MakeSockets() {
  auto sockets = os::CreateSocketPair(os::Direction::kBoth);
  REQUIRE(sockets.ok());
  return std::move(sockets.value());
}

os::UniqueFd HandleOf(pid_t child) {
  auto handle = os::OpenProcessHandle(child);
  REQUIRE(handle.ok());
  return std::move(handle.value());
}

void AwaitEnd(const os::UniqueFd& child) {
  pollfd entry{child.get(), POLLIN, 0};
  REQUIRE(poll(&entry, 1, -1) == 1);
}

// Nothing when nothing has been told.
std::optional<os::ExitCode> Told(const os::UniqueFd& socket) {
  os::ExitCode exit_code = 0;
  const ssize_t count = recv(socket.get(), &exit_code, sizeof(exit_code), MSG_DONTWAIT);
  if (count != sizeof(exit_code)) return std::nullopt;
  return exit_code;
}

}  // namespace

TEST_CASE("an exit code is told once, when the child has ended", "[exit_reporter]") {
  const os::SocketPair sockets = MakeSockets();
  const pid_t pid = StartChild([] {
    pause();
    return 0;
  });
  const os::UniqueFd child = HandleOf(pid);
  os::ExitReporter reporter(child.get());
  reporter.ReportTo(sockets.first.get());
  CHECK_FALSE(reporter.Poll().value().has_value());
  CHECK_FALSE(Told(sockets.second).has_value());
  kill(pid, SIGKILL);
  AwaitEnd(child);
  CHECK(reporter.Poll().value() == -SIGKILL);
  CHECK(Told(sockets.second) == -SIGKILL);
  CHECK(reporter.Poll().value() == -SIGKILL);
  CHECK_FALSE(Told(sockets.second).has_value());
}

TEST_CASE("an exit code that is known already is told at once", "[exit_reporter]") {
  const os::SocketPair sockets = MakeSockets();
  const os::UniqueFd child = HandleOf(StartChild([] { return 3; }));
  os::ExitReporter reporter(child.get());
  AwaitEnd(child);
  CHECK(reporter.Poll().value() == 3);
  reporter.ReportTo(sockets.first.get());
  CHECK(Told(sockets.second) == 3);
}

TEST_CASE("nobody needs to listen to an exit code", "[exit_reporter]") {
  os::SocketPair sockets = MakeSockets();
  sockets.second.reset();
  const os::UniqueFd child = HandleOf(StartChild([] { return 3; }));
  os::ExitReporter reporter(child.get());
  reporter.ReportTo(sockets.first.get());
  AwaitEnd(child);
  CHECK(reporter.Poll().value() == 3);
}

TEST_CASE("the exit code of somebody else's child is an error each time", "[exit_reporter]") {
  const os::SocketPair sockets = MakeSockets();
  const os::UniqueFd self = HandleOf(getpid());
  os::ExitReporter reporter(self.get());
  reporter.ReportTo(sockets.first.get());
  for (int i = 0; i < 2; i++) {
    const auto polled = reporter.Poll();
    REQUIRE_FALSE(polled.ok());
    CHECK(polled.error().errnum == ECHILD);
  }
  CHECK_FALSE(Told(sockets.second).has_value());
}
