#include "os/abandoned_children.h"

#include "child.h"
#include "open_fds.h"
#include "os/process_handle.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::StartChild;

namespace {

// Without taking its exit code.
void WaitForEnd(pid_t child) {
  siginfo_t info{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
}

}  // namespace

TEST_CASE("a child that is abandoned while it runs is reaped at the next occasion") {
  const auto before = mp::test::OpenFds();
  mp::test::Pipe gate;
  const pid_t child = StartChild([&] {
    gate.writer.reset();
    mp::test::ReadByte(gate.reader.get());
    return 0;
  });
  os::CloseOrAbandon(std::move(os::OpenProcessHandle(child).value()));
  os::ReapAbandonedChildren();
  CHECK(mp::test::HasChildren());
  gate.writer.reset();
  WaitForEnd(child);
  os::ReapAbandonedChildren();
  CHECK(!mp::test::HasChildren());
  gate.reader.reset();
  CHECK(mp::test::OpenFds() == before);
}

TEST_CASE("a child that has ended is reaped when it is abandoned") {
  const pid_t child = StartChild([] { return 0; });
  os::UniqueFd handle = std::move(os::OpenProcessHandle(child).value());
  WaitForEnd(child);
  os::CloseOrAbandon(std::move(handle));
  CHECK(!mp::test::HasChildren());
}

TEST_CASE("a descriptor that stands for no child is closed") {
  const auto before = mp::test::OpenFds();
  mp::test::Pipe pipe;
  os::CloseOrAbandon(std::move(pipe.reader));
  os::CloseOrAbandon(std::move(pipe.writer));
  os::CloseOrAbandon(std::move(os::OpenProcessHandle(getppid()).value()));
  os::ReapAbandonedChildren();
  CHECK(mp::test::OpenFds() == before);
}
