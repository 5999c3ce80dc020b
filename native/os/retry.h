#pragma once

#include <cerrno>

namespace mp::os {

// Calls again for as long as a signal interrupts the call. Not for close(2), nor for waits that
// must give way to a signal.
template <typename Call>
auto RetryOnEintr(Call call) -> decltype(call()) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace mp::os
