#include "os/signal_disposition.h"

#include <atomic>
#include <csignal>
#include <map>

namespace mp::os {
namespace {

// What was in force before a signal was ignored. A fork copies it.
std::map<int, struct sigaction>& ActionsBefore() {
  static std::map<int, struct sigaction> actions;
  return actions;
}

std::atomic<unsigned> ignored{0};

// SIG_IGN would not tell that one has come.
void Ignore(int) { ignored.fetch_add(1); }

}  // namespace

Result<void> IgnoreSignal(int signal) {
  struct sigaction ignore {};
  ignore.sa_handler = Ignore;
  ignore.sa_flags = SA_RESTART;
  struct sigaction before {};
  if (sigaction(signal, &ignore, &before) != 0) return LastError("sigaction");
  // Ignored twice, the first call knows what was before.
  if (before.sa_handler != Ignore) ActionsBefore()[signal] = before;
  return {};
}

unsigned CountIgnoredSignals() { return ignored.load(); }

Result<void> StopIgnoringSignal(int signal) {
  struct sigaction now {};
  if (sigaction(signal, nullptr, &now) != 0) return LastError("sigaction");
  const auto before = ActionsBefore().find(signal);
  if (before == ActionsBefore().end()) return {};
  const struct sigaction action = before->second;
  ActionsBefore().erase(before);
  if (now.sa_handler != Ignore) return {};
  if (sigaction(signal, &action, nullptr) != 0) return LastError("sigaction");
  return {};
}

}  // namespace mp::os
