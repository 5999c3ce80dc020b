// Memory that is write-protected.

#include "os/read_only_word.h"

#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;

TEST_CASE("a word in read-only memory is changed, and the memory is read-only again") {
  const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* page = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(page != MAP_FAILED);
  void** word = static_cast<void**>(page) + 5;
  REQUIRE(os::OverwriteReadOnly(word, page).ok());
  CHECK(*word == page);
  CHECK(InChild([word] {
          *static_cast<void* volatile*>(word) = nullptr;
          return 0;
        }) == -SIGSEGV);
  munmap(page, size);
  const auto unmapped = os::OverwriteReadOnly(word, nullptr);
  REQUIRE(!unmapped.ok());
  CHECK(unmapped.error().errnum == ENOMEM);
}
