#include "os/inheritable_heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "os/proc_file.h"

namespace mp::os {
namespace {

constexpr const char* kMaps = "/proc/self/maps";
constexpr const char* kSmaps = "/proc/self/smaps";

struct Mapping {
  uintptr_t start;
  uintptr_t end;
};

// Calls visit(line) for each line of text.
template <typename Visit>
void ForEachLine(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Parses the head line of a mapping, "start-end perms offset device inode [path]"; true for a
// private anonymous one. Named ones in brackets ([heap], [stack], [vdso]) are not V8's, except that
// V8 may name its own "[anon:...]".
bool ParsePrivateAnonymous(std::string_view line, Mapping* mapping) {
  char perms[5];
  unsigned long inode = 1;
  int path_at = 0;
  char head[192];
  const size_t length = std::min(line.size(), sizeof(head) - 1);
  std::memcpy(head, line.data(), length);
  head[length] = '\0';
  const int fields = std::sscanf(head, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*s %lu %n",
                                 &mapping->start, &mapping->end, perms, &inode, &path_at);
  if (fields < 4 || perms[3] != 'p' || inode != 0) return false;
  const std::string_view path = std::string_view(head).substr(std::min<size_t>(path_at, length));
  return path.empty() || path.substr(0, 6) == "[anon:";
}

bool IsHeadLine(std::string_view line) {
  const size_t dash = line.find('-');
  return dash != std::string_view::npos && dash > 0 && line.find(':') > dash &&
         line.find(' ') > dash;
}

}  // namespace

Result<void> InheritableHeap::Refresh() {
  const Result<std::string> smaps = ReadProcFile(kSmaps);
  if (!smaps.ok()) return smaps.error();
  regions_.clear();
  bool inside = false;
  ForEachLine(smaps.value(), [&](std::string_view line) {
    Mapping mapping;
    if (IsHeadLine(line)) {
      inside = ParsePrivateAnonymous(line, &mapping);
      if (inside) regions_.push_back(Region{mapping.start, mapping.end, false});
    } else if (inside && line.substr(0, 8) == "VmFlags:") {
      // "dc": do not copy on fork.
      regions_.back().marked = line.find(" dc") != std::string_view::npos;
    }
  });
  return {};
}

bool InheritableHeap::Knows(const Region& region) const {
  const auto found =
      std::lower_bound(regions_.begin(), regions_.end(), region.start,
                       [](const Region& known, uintptr_t start) { return known.start < start; });
  return found != regions_.end() && found->start == region.start && found->end == region.end;
}

Result<void> InheritableHeap::Lift() {
  const Result<std::string> maps = ReadProcFile(kMaps);
  if (!maps.ok()) return maps.error();
  bool all_known = true;
  ForEachLine(maps.value(), [&](std::string_view line) {
    Mapping mapping;
    if (!all_known || !ParsePrivateAnonymous(line, &mapping)) return;
    all_known = Knows(Region{mapping.start, mapping.end, false});
  });
  if (!all_known) {
    const Result<void> refreshed = Refresh();
    if (!refreshed.ok()) return refreshed;
  }
  // Not only those that had a mark when smaps was read: the mark may have come since, also with a
  // new mapping in the old one's place. Where there is none, the call does nothing.
  for (const Region& region : regions_) {
    madvise(reinterpret_cast<void*>(region.start), region.end - region.start, MADV_DOFORK);
  }
  return {};
}

void InheritableHeap::Restore() {
  for (const Region& region : regions_) {
    if (!region.marked) continue;
    madvise(reinterpret_cast<void*>(region.start), region.end - region.start, MADV_DONTFORK);
  }
}

}  // namespace mp::os
