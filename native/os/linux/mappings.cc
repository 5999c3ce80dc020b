#include "os/mappings.h"

#include <cinttypes>
#include <cstdio>
#include <sstream>
#include <string>

#include "os/proc_file.h"

namespace mp::os {

Result<uintptr_t> EndOfMapping(uintptr_t address) {
  constexpr const char* kMaps = "/proc/self/maps";
  const Result<std::string> maps = ReadProcFile(kMaps);
  if (!maps.ok()) return maps.error();
  std::istringstream lines(maps.value());
  std::string line;
  while (std::getline(lines, line)) {
    uintptr_t start;
    uintptr_t end;
    const int fields = std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR, &start, &end);
    if (fields == 2 && start <= address && address < end) return end;
  }
  return SysError{EFAULT, kMaps};
}

}  // namespace mp::os
