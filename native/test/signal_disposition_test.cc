// What the process does with a signal.

#include "os/signal_disposition.h"

#include <csignal>

#include "child.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;

namespace {

volatile sig_atomic_t handled = 0;
void Handle(int) { handled = handled + 1; }

}  // namespace

TEST_CASE("an ignored signal does nothing, until it is no longer ignored") {
  CHECK(InChild([] {
          if (!os::IgnoreSignal(SIGINT).ok()) return 1;
          raise(SIGINT);
          if (!os::StopIgnoringSignal(SIGINT).ok()) return 2;
          raise(SIGINT);
          return 3;
        }) == -SIGINT);
}

TEST_CASE("ignored signals are counted") {
  CHECK(InChild([] {
          for (const int signal : {SIGINT, SIGTERM}) {
            if (!os::IgnoreSignal(signal).ok()) return 1;
          }
          const unsigned before = os::CountIgnoredSignals();
          for (const int signal : {SIGINT, SIGTERM, SIGINT}) raise(signal);
          return os::CountIgnoredSignals() - before == 3 ? 0 : 2;
        }) == 0);
}

TEST_CASE("a forked child inherits it, and can undo it") {
  CHECK(InChild([] {
          if (!os::IgnoreSignal(SIGINT).ok()) return 1;
          return InChild([] {
                   raise(SIGINT);
                   if (!os::StopIgnoringSignal(SIGINT).ok()) return 2;
                   raise(SIGINT);
                   return 3;
                 }) == -SIGINT
                     ? 0
                     : 4;
        }) == 0);
}

TEST_CASE("the handler that was there before comes back, also after ignoring twice") {
  CHECK(InChild([] {
          std::signal(SIGINT, Handle);
          if (!os::IgnoreSignal(SIGINT).ok() || !os::IgnoreSignal(SIGINT).ok()) return 1;
          raise(SIGINT);
          if (handled != 0) return 2;
          if (!os::StopIgnoringSignal(SIGINT).ok()) return 3;
          raise(SIGINT);
          return handled == 1 ? 0 : 4;
        }) == 0);
}

TEST_CASE("a handler that was set since is left alone") {
  CHECK(InChild([] {
          if (!os::IgnoreSignal(SIGINT).ok()) return 1;
          std::signal(SIGINT, Handle);
          if (!os::StopIgnoringSignal(SIGINT).ok()) return 2;
          raise(SIGINT);
          return handled == 1 ? 0 : 3;
        }) == 0);
}

TEST_CASE("what was not ignored here stays as it is") {
  CHECK(InChild([] {
          std::signal(SIGINT, SIG_IGN);
          if (!os::StopIgnoringSignal(SIGINT).ok()) return 1;
          raise(SIGINT);
          return 0;
        }) == 0);
}

TEST_CASE("a signal that cannot be ignored, or is none, is EINVAL") {
  for (const int signal : {SIGKILL, SIGSTOP, 0, 1000}) {
    const auto ignored = os::IgnoreSignal(signal);
    REQUIRE(!ignored.ok());
    CHECK(ignored.error().errnum == EINVAL);
  }
  CHECK(!os::StopIgnoringSignal(1000).ok());
}
