// What is shown to libuv in place of a descriptor.

#include "os/poll_stand_in.h"

#include <fcntl.h>
#include <sys/epoll.h>

#include "open_fds.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;

TEST_CASE("the stand-in of a pipe can be watched, and leaves the pipe as it is") {
  const mp::test::Pipe pipe;
  const int flags = fcntl(pipe.reader.get(), F_GETFL);
  const auto stand_in = os::CreatePollStandIn(pipe.reader.get());
  REQUIRE(stand_in.ok());
  CHECK(mp::test::IsCloseOnExec(stand_in.value().get()));
  const os::UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  CHECK(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, stand_in.value().get(), &event) == 0);
  REQUIRE(fcntl(stand_in.value().get(), F_SETFL, O_NONBLOCK) == 0);
  CHECK(fcntl(pipe.reader.get(), F_GETFL) == flags);
}

TEST_CASE("what cannot be watched has no stand-in, and leaves no descriptor") {
  const auto before = mp::test::OpenFds();
  const auto closed = os::CreatePollStandIn(-1);
  REQUIRE(!closed.ok());
  CHECK(closed.error().errnum == EBADF);
  const os::UniqueFd file(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const auto of_file = os::CreatePollStandIn(file.get());
  REQUIRE(!of_file.ok());
  CHECK(of_file.error().errnum == EPERM);
  CHECK(mp::test::OpenFds().size() == before.size() + 1);
}
