// Children of a parent that is killed.

#include "os/parent_death.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "child.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;
using mp::test::Pipe;
using mp::test::ReadByte;
using mp::test::StartChild;

namespace {

// Orphans come to this process, so that it can see how they end.
struct Subreaper {
  Subreaper() { REQUIRE(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); }
  ~Subreaper() { prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

}  // namespace

TEST_CASE("a process ends when its parent is killed") {
  const Subreaper subreaper;
  Pipe alive;
  pid_t grandchild = -1;
  Pipe tell;
  const pid_t child = StartChild([&] {
    const pid_t parent = getpid();
    const pid_t pid = StartChild([&] {
      os::DieWithParent(parent);
      mp::test::WriteByte(alive.writer.get());
      for (;;) pause();
      return 0;
    });
    if (write(tell.writer.get(), &pid, sizeof(pid)) != sizeof(pid)) return 1;
    for (;;) pause();
    return 0;
  });
  alive.writer.reset();
  REQUIRE(read(tell.reader.get(), &grandchild, sizeof(grandchild)) == sizeof(grandchild));
  REQUIRE(ReadByte(alive.reader.get()));
  REQUIRE(kill(child, SIGKILL) == 0);
  CHECK(mp::test::ExitCodeOf(child) == -SIGKILL);
  CHECK(!ReadByte(alive.reader.get()));
  CHECK(mp::test::ExitCodeOf(grandchild) == -SIGKILL);
}

TEST_CASE("a process whose parent has died already ends at once") {
  const pid_t somebody_else = getpid() + 1;
  CHECK(InChild([&] {
          os::DieWithParent(somebody_else);
          return 0;
        }) == -SIGKILL);
}

TEST_CASE("a process whose parent lives goes on") {
  const pid_t parent = getpid();
  CHECK(InChild([&] {
          os::DieWithParent(parent);
          return 5;
        }) == 5);
}
