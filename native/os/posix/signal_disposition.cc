#include "os/signal_disposition.h"

#include <csignal>
#include <map>

namespace mp::os {
namespace {

// What was in force before a signal was ignored. A fork copies it.
std::map<int, struct sigaction>& ActionsBefore() {
  static std::map<int, struct sigaction> actions;
  return actions;
}

}  // namespace

Result<void> IgnoreSignal(int signal) {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  if (sigaction(signal, &ignore, &before) != 0) return LastError("sigaction");
  // Ignored twice, the first call knows what was before.
  if (before.sa_handler != SIG_IGN) ActionsBefore()[signal] = before;
  return {};
}

Result<void> StopIgnoringSignal(int signal) {
  struct sigaction now {};
  if (sigaction(signal, nullptr, &now) != 0) return LastError("sigaction");
  const auto before = ActionsBefore().find(signal);
  if (before == ActionsBefore().end()) return {};
  const struct sigaction action = before->second;
  ActionsBefore().erase(before);
  if (now.sa_handler != SIG_IGN) return {};
  if (sigaction(signal, &action, nullptr) != 0) return LastError("sigaction");
  return {};
}

}  // namespace mp::os
