#include "os/thread_context.h"

#include <sys/syscall.h>

#include <cstring>

#include "os/linux/clone_flags.h"

namespace mp::os {
namespace {

// The two bytes of the instruction `syscall`, to which the kernel sets the program counter back
// when it wants the call repeated.
constexpr unsigned char kSyscall[] = {0x0f, 0x05};

}  // namespace

bool CanResumeThreads() { return true; }

void* ThreadPointer() {
  void* pointer;
  asm("mov %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

uintptr_t InterruptedFutex(const ucontext_t& context) {
  const greg_t* registers = context.uc_mcontext.gregs;
  const auto* next = reinterpret_cast<const void*>(registers[REG_RIP]);
  if (std::memcmp(next, kSyscall, sizeof(kSyscall)) != 0) return 0;
  if (registers[REG_RAX] != SYS_futex) return 0;
  return static_cast<uintptr_t>(registers[REG_RDI]);
}

pid_t ResumeThread(ucontext_t* context, void* thread_pointer, pid_t* tid) {
  // The new thread's stack pointer is the signal frame itself, where rt_sigreturn looks for it: the
  // handler's return address, just below, has been popped. So the new thread needs no stack at all
  // between the two system calls.
  register pid_t* child_tid asm("r10") = tid;
  register void* tls asm("r8") = thread_pointer;
  long result;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "mov %[sigreturn], %%eax\n\t"
      "syscall\n\t"
      "hlt\n"
      "1:"
      : "=a"(result)
      : "a"(static_cast<long>(SYS_clone)), "D"(kThreadCloneFlags), "S"(context), "d"(tid),
        "r"(child_tid), "r"(tls), [sigreturn] "i"(SYS_rt_sigreturn)
      : "rcx", "r11", "memory");
  return result < 0 ? -1 : static_cast<pid_t>(result);
}

}  // namespace mp::os
