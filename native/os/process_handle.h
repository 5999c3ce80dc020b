#pragma once

#include <sys/types.h>

#include <optional>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// A descriptor (pidfd) that stands for a process, whatever becomes of its pid, and is readable when
// the process has ended. Needs Linux 5.3.
Result<UniqueFd> OpenProcessHandle(pid_t pid);

// The handle of a child that has just been created. Where there is none to be had, as when no
// descriptor is left, the child is killed and reaped: nobody could learn how it ends.
Result<UniqueFd> OpenHandleOfNewChild(pid_t child);

// How a child ended: its exit code, or minus the number of the signal that killed it.
using ExitCode = int;

// Takes the exit code of this one child, if it has ended; nothing while it runs. ECHILD when
// somebody else has taken it, or it is no child of ours. Never looks at any other child of the
// program.
Result<std::optional<ExitCode>> TryReap(int process_handle);

// What the kernel tells of a process that need not be our child: its exit code, nothing while it
// runs. ENOTSUP when its parent has reaped it and this kernel does not tell any more (before Linux
// 6.15; 6.13 and 6.14 go on telling nothing).
Result<std::optional<ExitCode>> ExitCodeOf(int process_handle);

// Whether the process sleeps, and no signal is on its way to it: it neither ends nor is about to.
bool IsUndisturbed(pid_t pid, int process_handle);

// Sends a signal through the handle; false when the process has ended already.
Result<bool> SendSignal(int process_handle, int signal);

}  // namespace mp::os
