#include "os/abandoned_children.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "os/process_handle.h"

namespace mp::os {
namespace {

std::mutex mutex;

std::vector<UniqueFd>& Handles() {
  static std::vector<UniqueFd> handles;
  return handles;
}

// In a forked child these are siblings, so that they go there, too.
bool IsRunningChild(const UniqueFd& handle) {
  const auto exit_code = TryReap(handle.get());
  return exit_code.ok() && !exit_code.value().has_value();
}

}  // namespace

void CloseOrAbandon(UniqueFd descriptor) {
  if (!IsRunningChild(descriptor)) return;
  const std::lock_guard<std::mutex> lock(mutex);
  Handles().push_back(std::move(descriptor));
}

void ReapAbandonedChildren() {
  const std::lock_guard<std::mutex> lock(mutex);
  auto& handles = Handles();
  handles.erase(std::remove_if(handles.begin(), handles.end(),
                               [](const UniqueFd& handle) { return !IsRunningChild(handle); }),
                handles.end());
}

}  // namespace mp::os
