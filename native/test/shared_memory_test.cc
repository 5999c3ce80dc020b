// Memory with a name of the system.

#include "os/shared_memory.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "child.h"
#include "open_fds.h"
#include "os/unique_fd.h"
#include "segment_name.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::Create;
using mp::test::InChild;
using mp::test::SegmentName;

namespace {

constexpr size_t kAnySize = size_t{1} << 40;

struct stat StatusOf(const SegmentName& name) {
  const os::UniqueFd fd(shm_open(("/" + name.get()).c_str(), O_RDONLY, 0));
  REQUIRE(fd.valid());
  struct stat status {};
  REQUIRE(fstat(fd.get(), &status) == 0);
  return status;
}

int ErrorOf(const os::Result<os::Segment>& result) {
  return result.ok() ? 0 : result.error().errnum;
}

}  // namespace

TEST_CASE("a new segment is empty, as large as was asked for, and only its user's") {
  const SegmentName name("new");
  const os::Segment segment = Create(name, 10'000);
  CHECK(segment.mapping.size() == 10'000);
  const auto* bytes = static_cast<const char*>(segment.mapping.address());
  CHECK(std::all_of(bytes, bytes + 10'000, [](char byte) { return byte == 0; }));
  const struct stat status = StatusOf(name);
  CHECK(status.st_size == 10'000);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("the memory of a new segment is reserved") {
  const SegmentName name("reserved");
  const os::Segment segment = Create(name, 1 << 20);
  CHECK(StatusOf(name).st_blocks * 512 >= 1 << 20);
}

TEST_CASE("what one mapping of a segment writes, another reads") {
  const SegmentName name("shared");
  const os::Segment one = Create(name, 5000);
  const auto other = os::OpenSegment(name.get(), kAnySize);
  REQUIRE(other.ok());
  CHECK(other.value().mapping.size() == 5000);
  CHECK(other.value().inode == one.inode);
  std::strcpy(static_cast<char*>(one.mapping.address()), "text");
  CHECK(std::strcmp(static_cast<char*>(other.value().mapping.address()), "text") == 0);
}

TEST_CASE("a segment exists once: EEXIST, and the first one stays") {
  const SegmentName name("once");
  const os::Segment first = Create(name);
  CHECK(ErrorOf(os::CreateSegment(name.get(), 1)) == EEXIST);
  CHECK(StatusOf(name).st_size == 4096);
}

TEST_CASE("a segment that is not there: ENOENT") {
  const SegmentName name("absent");
  CHECK(ErrorOf(os::OpenSegment(name.get(), kAnySize)) == ENOENT);
  CHECK(os::UnlinkSegment(name.get()).error().errnum == ENOENT);
  CHECK(os::FindSegment(name.get()).error().errnum == ENOENT);
}

TEST_CASE("an empty segment: ENODATA") {
  const SegmentName name("empty");
  const os::UniqueFd fd(shm_open(("/" + name.get()).c_str(), O_CREAT | O_RDWR, 0600));
  REQUIRE(fd.valid());
  CHECK(ErrorOf(os::OpenSegment(name.get(), kAnySize)) == ENODATA);
}

TEST_CASE("a segment that is larger than wanted: EFBIG") {
  const SegmentName name("larger");
  const os::Segment segment = Create(name, 4097);
  CHECK(ErrorOf(os::OpenSegment(name.get(), 4096)) == EFBIG);
}

TEST_CASE("an unlinked segment lasts until it is unmapped, and its name can be taken again") {
  const SegmentName name("unlinked");
  const os::Segment first = Create(name);
  REQUIRE(os::UnlinkSegment(name.get()).ok());
  CHECK_FALSE(name.IsTaken());
  std::strcpy(static_cast<char*>(first.mapping.address()), "still there");
  const os::Segment second = Create(name);
  CHECK(second.inode != first.inode);
  CHECK(os::FindSegment(name.get()).value() == second.inode);
}

TEST_CASE("more memory than there is: an error, and nothing is left") {
  const SegmentName name("huge");
  CHECK(ErrorOf(os::CreateSegment(name.get(), size_t{1} << 46)) == ENOSPC);
  CHECK_FALSE(name.IsTaken());
}

TEST_CASE("a full file system: ENOSPC, and nothing is left") {
  const SegmentName name("full");
  constexpr int kNotAllowed = 77;
  const int code = InChild([&] {
    if (unshare(CLONE_NEWNS) != 0) return kNotAllowed;
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kNotAllowed;
    if (mount("tmpfs", "/dev/shm", "tmpfs", 0, "size=1m") != 0) return kNotAllowed;
    const auto fitting = os::CreateSegment(name.get() + "_fitting", 600 << 10);
    const int error = ErrorOf(os::CreateSegment(name.get(), 600 << 10));
    return fitting.ok() && error == ENOSPC && !name.IsTaken() ? 0 : 1;
  });
  if (code == kNotAllowed) WARN("skipped: this user may not mount a file system");
  CHECK((code == 0 || code == kNotAllowed));
}

TEST_CASE("a limit on the size of files: EFBIG instead of a signal, and nothing is left") {
  const SegmentName name("limited");
  const int code = InChild([&] {
    const rlimit limit{1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    return ErrorOf(os::CreateSegment(name.get(), (1 << 20) + 1)) == EFBIG ? 0 : 1;
  });
  CHECK(code == 0);
  CHECK_FALSE(name.IsTaken());
}

TEST_CASE("signals do not keep a segment from being reserved") {
  const SegmentName name("signals");
  const int code = InChild([&] {
    std::signal(SIGALRM, [](int) {});
    // Oftener than that much memory can be had.
    const itimerval often{{0, 500}, {0, 500}};
    if (setitimer(ITIMER_REAL, &often, nullptr) != 0) return 2;
    return os::CreateSegment(name.get(), 32 << 20).ok() ? 0 : 1;
  });
  CHECK(code == 0);
}

TEST_CASE("segments keep no descriptor, and unmapping twice does nothing") {
  const auto before = mp::test::OpenFds();
  const SegmentName name("descriptors");
  os::Segment segment = Create(name);
  auto other = os::OpenSegment(name.get(), kAnySize);
  REQUIRE(other.ok());
  CHECK(mp::test::OpenFds() == before);
  segment.mapping.Unmap();
  segment.mapping.Unmap();
  CHECK(segment.mapping.address() == nullptr);
  other.value().mapping = std::move(segment.mapping);
  CHECK(other.value().mapping.address() == nullptr);
}
