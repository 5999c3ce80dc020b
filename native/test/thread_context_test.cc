// A thread that goes on in a forked child. Nothing here reads /proc, so that it also runs where an
// emulator shows the wrong processor there.

#include "os/thread_context.h"

#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "child.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::InChild;

namespace {

void Wait(std::atomic<int>* word, int value) {
  while (word->load() == value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
  }
}

void Set(std::atomic<int>* word, int value) {
  word->store(value);
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

// A thread, and what its signal handler notes of it before it waits to be released.
struct Subject {
  std::atomic<int> gate{0};  // The thread waits for it, and then says so.
  std::atomic<int> passed{0};
  std::atomic<int> noted{0};
  std::atomic<int> round{0};  // The handler waits for the next one.
  ucontext_t* context = nullptr;
  void* thread_pointer = nullptr;
  // What a thread has of its own must be there in the child as well.
  static thread_local int own;
};

thread_local int Subject::own = 0;
Subject* subject = nullptr;

void OnSignal(int, siginfo_t*, void* context) {
  const int round = subject->round.load();
  subject->context = static_cast<ucontext_t*>(context);
  subject->thread_pointer = os::ThreadPointer();
  Set(&subject->noted, 1);
  Wait(&subject->round, round);
}

void* WaitAtTheGate(void*) {
  Subject::own = 42;
  double kept_in_a_register = 1.5;
  asm volatile("" : "+m"(kept_in_a_register));
  Wait(&subject->gate, 0);
  Set(&subject->passed, Subject::own == 42 && kept_in_a_register == 1.5 ? 1 : 2);
  return nullptr;
}

void InstallHandler(int flags) {
  struct sigaction action {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | flags;
  sigfillset(&action.sa_mask);
  REQUIRE(sigaction(SIGUSR1, &action, nullptr) == 0);
}

uintptr_t AddressOf(const std::atomic<int>& word) { return reinterpret_cast<uintptr_t>(&word); }

// Has the thread note where it is, and stay there.
void Interrupt(pthread_t thread) {
  subject->noted.store(0);
  REQUIRE(pthread_kill(thread, SIGUSR1) == 0);
  Wait(&subject->noted, 0);
}

void LetGoOn() { Set(&subject->round, subject->round.load() + 1); }

uintptr_t Futex() { return os::InterruptedFutex(*subject->context); }

}  // namespace

TEST_CASE("a thread goes on in a forked child from its signal frame, and in the parent as well",
          "[not-under-tsan]") {
  if (!os::CanResumeThreads()) return;
  CHECK(InChild([] {
          Subject one;
          subject = &one;
          InstallHandler(SA_RESTART);
          pthread_t thread;
          if (pthread_create(&thread, nullptr, WaitAtTheGate, nullptr) != 0) return 1;
          for (Interrupt(thread); Futex() != AddressOf(one.gate); Interrupt(thread)) {
            LetGoOn();
            sched_yield();
          }
          const int in_child = InChild([&one] {
            static pid_t tid = 0;
            const pid_t made = os::ResumeThread(one.context, one.thread_pointer, &tid);
            if (made <= 0 || tid != made || made == getpid()) return 1;
            LetGoOn();
            Set(&one.gate, 1);
            Wait(&one.passed, 0);
            return one.passed.load() == 1 ? 0 : 2;
          });
          if (in_child != 0) return 10 + in_child;
          LetGoOn();
          Set(&one.gate, 1);
          pthread_join(thread, nullptr);
          return one.passed.load() == 1 ? 0 : 3;
        }) == 0);
}

TEST_CASE("a thread that will not repeat its wait is in none", "[not-under-tsan]") {
  if (!os::CanResumeThreads()) return;
  CHECK(InChild([] {
          Subject one;
          subject = &one;
          // Without SA_RESTART the wait is given up with EINTR.
          InstallHandler(0);
          pthread_t thread;
          if (pthread_create(&thread, nullptr, WaitAtTheGate, nullptr) != 0) return 1;
          // One that is about to begin the call looks as one that will repeat it, but is so rarely.
          int alike = 0;
          for (int i = 0; i < 100; i++) {
            Interrupt(thread);
            if (Futex() == AddressOf(one.gate) && ++alike > 10) return 2;
            LetGoOn();
            sched_yield();
          }
          Set(&one.gate, 1);
          pthread_join(thread, nullptr);
          return 0;
        }) == 0);
}

TEST_CASE("a thread in another system call is in no futex", "[not-under-tsan]") {
  if (!os::CanResumeThreads()) return;
  CHECK(InChild([] {
          Subject one;
          subject = &one;
          InstallHandler(SA_RESTART);
          mp::test::Pipe pipe;
          const auto read_byte = [](void* fd) -> void* {
            mp::test::ReadByte(static_cast<int>(reinterpret_cast<intptr_t>(fd)));
            return nullptr;
          };
          const auto fd = reinterpret_cast<void*>(static_cast<intptr_t>(pipe.reader.get()));
          pthread_t thread;
          if (pthread_create(&thread, nullptr, read_byte, fd) != 0) return 1;
          bool in_futex = false;
          for (int i = 0; i < 100; i++) {
            Interrupt(thread);
            in_futex = in_futex || Futex() != 0;
            LetGoOn();
          }
          mp::test::WriteByte(pipe.writer.get());
          pthread_join(thread, nullptr);
          return in_futex ? 2 : 0;
        }) == 0);
}

TEST_CASE("the thread pointer differs from thread to thread") {
  if (!os::CanResumeThreads()) return;
  void* other = nullptr;
  pthread_t thread;
  REQUIRE(pthread_create(
              &thread, nullptr,
              [](void* result) -> void* {
                *static_cast<void**>(result) = os::ThreadPointer();
                return nullptr;
              },
              &other) == 0);
  pthread_join(thread, nullptr);
  CHECK(os::ThreadPointer() != nullptr);
  CHECK(other != os::ThreadPointer());
}
