#include "os/parent_death.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <vector>

#include "os/retry.h"
#include "os/unique_fd.h"
#include "os/wait_ready.h"

namespace mp::os {
namespace {

// The processes that this one must not outlive, and the thread that sleeps until one of them ends.
// Threads do not survive a fork: `owner` is the process that has it.
struct DeathWatch {
  pid_t owner = -1;
  // What the thread sleeps on: a handle added by another thread counts at once.
  UniqueFd epoll;
  // Copies, since a descriptor that is closed leaves the epoll instance.
  std::vector<UniqueFd> handles;
};

DeathWatch& Watch() {
  static DeathWatch watch;
  return watch;
}

void* KillWhenReady(void* epoll) {
  const int fd = static_cast<int>(reinterpret_cast<intptr_t>(epoll));
  epoll_event event;
  const int count = RetryOnEintr([&] { return epoll_wait(fd, &event, 1, -1); });
  if (count > 0) kill(getpid(), SIGKILL);
  return nullptr;
}

// There is one such thread in a process. In a forked child libc would give it the stack of a thread
// that did not come along, and what Node keeps on one of those is still needed
// (bind/inherited_inspector.h).
alignas(64) char thread_stack[64 * 1024];

// One that no signal is delivered to.
int StartDetachedThread(void* (*body)(void*), void* argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, thread_stack, sizeof(thread_stack));
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int status = pthread_create(&thread, &attributes, body, argument);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return status;
}

Result<void> Add(int process_handle) {
  UniqueFd handle(fcntl(process_handle, F_DUPFD_CLOEXEC, 0));
  if (!handle.valid()) return LastError("fcntl");
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ctl(Watch().epoll.get(), EPOLL_CTL_ADD, handle.get(), &event) != 0) {
    return LastError("epoll_ctl");
  }
  Watch().handles.push_back(std::move(handle));
  return {};
}

}  // namespace

void DieWithParent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the call above: then no signal will come.
  if (getppid() != parent) raise(SIGKILL);
}

Result<void> DieWithProcess(int process_handle) {
  // The thread would find out as well, but a little later.
  if (WaitReady(process_handle, kReadable, 0) == kReadable) raise(SIGKILL);
  const Result<void> started = StartDeathWatch();
  if (!started.ok()) return started;
  const Result<void> added = Add(process_handle);
  if (!added.ok()) return added;
  prctl(PR_SET_PDEATHSIG, 0);
  return {};
}

Result<void> OutliveParent() {
  if (setsid() < 0) return LastError("setsid");
  prctl(PR_SET_PDEATHSIG, 0);
  return {};
}

Result<void> StartDeathWatch() {
  if (Watch().owner == getpid()) return {};
  ForgetInheritedDeathWatch();
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return LastError("epoll_create1");
  const auto argument = reinterpret_cast<void*>(static_cast<intptr_t>(epoll.get()));
  const int status = StartDetachedThread(KillWhenReady, argument);
  if (status != 0) return SysError{status, "pthread_create"};
  Watch().handles.clear();
  Watch().epoll = std::move(epoll);
  Watch().owner = getpid();
  return {};
}

// Closing leaves the epoll instance of the parent as it is: the parent still has the handles open.
void ForgetInheritedDeathWatch() {
  for (UniqueFd& handle : Watch().handles) handle.reset();
  Watch().epoll.reset();
  Watch().owner = -1;
}

}  // namespace mp::os
