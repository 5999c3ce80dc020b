#include "os/thread_context.h"

#include <sys/syscall.h>

#include <csignal>
#include <cstring>

#include "os/linux/clone_flags.h"

namespace mp::os {
namespace {

// The instruction `svc #0`, to which the kernel sets the program counter back when it wants the
// call repeated.
constexpr uint32_t kSupervisorCall = 0xd4000001;

// The kernel's frame is a siginfo_t, then the ucontext_t.
constexpr size_t kContextInFrame = 128;
static_assert(sizeof(siginfo_t) == kContextInFrame, "struct rt_sigframe of arch/arm64");

}  // namespace

bool CanResumeThreads() { return true; }

void* ThreadPointer() {
  void* pointer;
  asm("mrs %0, tpidr_el0" : "=r"(pointer));
  return pointer;
}

uintptr_t InterruptedFutex(const ucontext_t& context) {
  const mcontext_t& registers = context.uc_mcontext;
  uint32_t next;
  std::memcpy(&next, reinterpret_cast<const void*>(registers.pc), sizeof(next));
  if (next != kSupervisorCall) return 0;
  // The number is in x8, and the first argument is back in x0.
  if (registers.regs[8] != SYS_futex) return 0;
  return static_cast<uintptr_t>(registers.regs[0]);
}

pid_t ResumeThread(ucontext_t* context, void* thread_pointer, pid_t* tid) {
  // The new thread's stack pointer is the signal frame itself, where rt_sigreturn looks for it. So
  // the new thread needs no stack at all between the two system calls. The order of the arguments
  // is another one than on x64: flags, stack, parent's tid, thread pointer, child's tid.
  register long result asm("x0") = static_cast<long>(kThreadCloneFlags);
  register void* frame asm("x1") = reinterpret_cast<char*>(context) - kContextInFrame;
  register pid_t* parent_tid asm("x2") = tid;
  register void* tls asm("x3") = thread_pointer;
  register pid_t* child_tid asm("x4") = tid;
  register long number asm("x8") = SYS_clone;
  asm volatile(
      "svc #0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x8, %[sigreturn]\n\t"
      "svc #0\n\t"
      "brk #0\n"
      "1:"
      : "+r"(result)
      : "r"(frame), "r"(parent_tid), "r"(tls), "r"(child_tid),
        "r"(number), [sigreturn] "i"(SYS_rt_sigreturn)
      : "memory", "cc");
  return result < 0 ? -1 : static_cast<pid_t>(result);
}

}  // namespace mp::os
