#include "os/thread_context.h"

// Architectures that nobody has written this for: children of a fork do without helper threads.

namespace mp::os {

bool CanResumeThreads() { return false; }
void* ThreadPointer() { return nullptr; }
uintptr_t InterruptedFutex(const ucontext_t&) { return 0; }
pid_t ResumeThread(ucontext_t*, void*, pid_t*) { return -1; }

}  // namespace mp::os
