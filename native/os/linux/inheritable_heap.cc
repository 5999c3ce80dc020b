#include "os/inheritable_heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "os/proc_file.h"

namespace mp::os {
namespace {

constexpr const char* kMaps = "/proc/self/maps";
constexpr const char* kSmaps = "/proc/self/smaps";

// To read smaps takes the longer the larger the process is; it may take a hundredth of the time.
constexpr int kPauseFactor = 100;

// Calls visit(line) for each line of text.
template <typename Visit>
void ForEachLine(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Takes the text up to the next blank or dash off the line, and that with it.
std::string_view TakeField(std::string_view* line) {
  const size_t end = std::min(line->find_first_of(" -"), line->size());
  const std::string_view field = line->substr(0, end);
  line->remove_prefix(std::min(end + 1, line->size()));
  return field;
}

bool ParseAddress(std::string_view text, uintptr_t* address) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), *address, 16);
  return error == std::errc() && rest == text.data() + text.size();
}

// Parses the head line of a mapping, "start-end perms offset device inode [path]"; true for a
// private anonymous one. Named ones in brackets ([heap], [stack], [vdso]) are not V8's, except that
// V8 may name its own "[anon:...]".
bool ParsePrivateAnonymous(std::string_view line, uintptr_t* start, uintptr_t* end) {
  if (!ParseAddress(TakeField(&line), start) || !ParseAddress(TakeField(&line), end)) return false;
  const std::string_view perms = line.substr(0, 4);
  if (perms.size() < 4 || perms[3] != 'p') return false;
  line.remove_prefix(std::min<size_t>(5, line.size()));
  TakeField(&line);  // offset
  TakeField(&line);  // device
  if (TakeField(&line) != "0") return false;
  const std::string_view path = line.substr(std::min(line.find_first_not_of(' '), line.size()));
  return path.empty() || path.substr(0, 6) == "[anon:";
}

// Of smaps, where it begins with an address; the other lines do with a capital letter.
bool IsHeadLine(std::string_view line) {
  if (line.empty()) return false;
  const auto first = static_cast<unsigned char>(line[0]);
  return std::isdigit(first) != 0 || std::islower(first) != 0;
}

}  // namespace

Result<void> InheritableHeap::ReadMarks() {
  const Result<std::string_view> text = ReadProcFile(kSmaps, &memory_);
  if (!text.ok()) return text.error();
  regions_.clear();
  bool inside = false;
  ForEachLine(text.value(), [&](std::string_view line) {
    Region region{};
    if (IsHeadLine(line)) {
      inside = ParsePrivateAnonymous(line, &region.start, &region.end);
      if (inside) regions_.push_back(region);
    } else if (inside && line.substr(0, 8) == "VmFlags:") {
      // "dc": do not copy on fork.
      regions_.back().marked = line.find(" dc") != std::string_view::npos;
    }
  });
  return {};
}

Result<bool> InheritableHeap::ReadRegions() {
  const Result<std::string_view> text = ReadProcFile(kMaps, &memory_);
  if (!text.ok()) return text.error();
  const std::vector<Region> before = std::move(regions_);
  regions_.clear();
  bool all_known = true;
  ForEachLine(text.value(), [&](std::string_view line) {
    Region region{};
    if (!ParsePrivateAnonymous(line, &region.start, &region.end)) return;
    const auto known = std::lower_bound(before.begin(), before.end(), region);
    const bool is_known = known != before.end() && *known == region;
    region.marked = is_known && known->marked;
    all_known = all_known && is_known;
    regions_.push_back(region);
  });
  return all_known;
}

Result<void> InheritableHeap::Lift() {
  const Result<bool> all_known = ReadRegions();
  if (!all_known.ok()) return all_known.error();
  if (!all_known.value() && Clock::now() >= next_reading_of_marks_) {
    const Clock::time_point begin = Clock::now();
    const Result<void> read = ReadMarks();
    if (!read.ok()) return read;
    const Clock::time_point end = Clock::now();
    next_reading_of_marks_ = end + kPauseFactor * (end - begin);
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
