#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "vendor/catch.hpp"

// Child processes of the tests.

namespace mp::test {

// A child that takes longer hangs: SIGALRM then ends it, so that the test fails.
constexpr unsigned kDeadlockSeconds = 60;

// The exit code of a child of ours, or minus the number of the signal that ended it.
inline int ExitCodeOf(pid_t pid) {
  int status = 0;
  pid_t reaped = -1;
  do {
    reaped = waitpid(pid, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  REQUIRE(reaped == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// Child side. Neither Catch nor a sanitizer is to report a signal that ends this process.
inline void BecomeTestChild() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGTERM, SIGALRM, SIGFPE, SIGILL, SIGINT}) {
    std::signal(signal, SIG_DFL);
  }
  alarm(kDeadlockSeconds);
}

constexpr int kThrew = 97;

// Forks a child that runs `body`, which returns its exit code, and nothing else. A REQUIRE that
// fails there is exit code 97; a CHECK is not seen.
template <typename Body>
pid_t StartChild(Body body) {
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid > 0) return pid;
  BecomeTestChild();
  try {
    _exit(body());
  } catch (...) {
    _exit(kThrew);
  }
}

// The exit code of such a child.
template <typename Body>
int InChild(Body body) {
  return ExitCodeOf(StartChild(body));
}

// Whether this process has a child, running or a zombie.
inline bool HasChildren() {
  siginfo_t info{};
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

}  // namespace mp::test
