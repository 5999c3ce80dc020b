#pragma once

#include <sys/types.h>
#include <ucontext.h>

#include <cstdint>

namespace mp::os {

// The processor's part in bringing threads over a fork; one implementation per architecture.

// Whether there is one for this architecture.
bool CanResumeThreads();

// The thread pointer of the calling thread, as clone() takes it. Async-signal-safe.
void* ThreadPointer();

// The address on which a thread was waiting in futex when a signal interrupted it, given that it
// will repeat that very system call when it resumes; 0 when it was doing anything else.
uintptr_t InterruptedFutex(const ucontext_t& context);

// Child side: async-signal-safe only.
// Creates a thread that goes on where the signal frame `context` says, as if its handler had
// returned. `tid` is where libc keeps the thread's id. Returns the new id, or -1.
pid_t ResumeThread(ucontext_t* context, void* thread_pointer, pid_t* tid);

}  // namespace mp::os
