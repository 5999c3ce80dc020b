// Memory that a forked child would not get.

#include "os/inheritable_heap.h"

#include <sys/mman.h>

#include <cstring>
#include <sstream>
#include <string>

#include "child.h"
#include "os/proc_file.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;

namespace {

constexpr size_t kSize = 64 * 4096;

// An anonymous mapping of its own, with a page out of reach on both sides so that the kernel cannot
// merge it with a neighbour.
class Mapping {
 public:
  Mapping() {
    const size_t page = 4096;
    void* outer = mmap(nullptr, kSize + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(outer != MAP_FAILED);
    start_ = static_cast<char*>(outer) + page;
    Map();
  }
  ~Mapping() { munmap(start_ - 4096, kSize + 2 * 4096); }

  // As when V8 gives a page back and gets memory at the same place: a new mapping, without a mark.
  void Map() {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    REQUIRE(mmap(start_, kSize, PROT_READ | PROT_WRITE, flags, -1, 0) == start_);
    std::memset(start_, 42, kSize);
  }
  void Mark() { REQUIRE(madvise(start_, kSize, MADV_DONTFORK) == 0); }

  // What a forked child reads here: 42, or -SIGSEGV.
  int ReadInChild() const {
    return InChild([&] { return *static_cast<const volatile char*>(start_ + kSize / 2); });
  }

  // Whether the kernel shows the flag "dc", do not copy, for it.
  bool IsMarked() const {
    const auto smaps = os::ReadProcFile("/proc/self/smaps");
    REQUIRE(smaps.ok());
    std::ostringstream head;
    head << std::hex << reinterpret_cast<uintptr_t>(start_) << '-';
    const size_t at = smaps.value().find("\n" + head.str());
    REQUIRE(at != std::string::npos);
    const size_t flags = smaps.value().find("VmFlags:", at);
    const std::string line = smaps.value().substr(flags, smaps.value().find('\n', flags) - flags);
    return line.find(" dc") != std::string::npos;
  }

 private:
  char* start_ = nullptr;
};

}  // namespace

TEST_CASE("a marked region is not inherited") {
  Mapping mapping;
  CHECK(mapping.ReadInChild() == 42);
  mapping.Mark();
  CHECK(mapping.IsMarked());
  CHECK(mapping.ReadInChild() == -SIGSEGV);
}

TEST_CASE("a marked region is inherited while its mark is lifted, and has it again after") {
  os::InheritableHeap heap;
  Mapping mapping;
  mapping.Mark();
  for (int round = 0; round < 3; round++) {
    REQUIRE(heap.Lift().ok());
    CHECK(!mapping.IsMarked());
    CHECK(mapping.ReadInChild() == 42);
    heap.Restore();
    CHECK(mapping.IsMarked());
    CHECK(mapping.ReadInChild() == -SIGSEGV);
  }
}

TEST_CASE("a region without a mark never gets one") {
  os::InheritableHeap heap;
  Mapping mapping;
  REQUIRE(heap.Lift().ok());
  heap.Restore();
  CHECK(!mapping.IsMarked());
  CHECK(mapping.ReadInChild() == 42);
}

TEST_CASE("regions that came since the last time are inherited too") {
  os::InheritableHeap heap;
  REQUIRE(heap.Lift().ok());
  heap.Restore();
  Mapping mapping;
  mapping.Mark();
  REQUIRE(heap.Lift().ok());
  CHECK(mapping.ReadInChild() == 42);
  heap.Restore();
}

TEST_CASE("a marked region in the place of one without a mark is inherited") {
  os::InheritableHeap heap;
  Mapping mapping;
  REQUIRE(heap.Lift().ok());
  heap.Restore();
  mapping.Map();
  mapping.Mark();
  REQUIRE(heap.Lift().ok());
  CHECK(mapping.ReadInChild() == 42);
  heap.Restore();
}

TEST_CASE("a region that was marked after it was first seen is inherited") {
  os::InheritableHeap heap;
  Mapping mapping;
  REQUIRE(heap.Lift().ok());
  heap.Restore();
  mapping.Mark();
  REQUIRE(heap.Lift().ok());
  CHECK(mapping.ReadInChild() == 42);
  heap.Restore();
}
