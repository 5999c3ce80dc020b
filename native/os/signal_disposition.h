#pragma once

#include "os/result.h"

namespace mp::os {

// What this process does with a signal, besides what JavaScript listens to: libuv has handlers of
// its own, and Node one for SIGINT and SIGTERM. Main thread only.

// Ignores the signal, which children of a fork inherit, and programs that they execute do not.
Result<void> IgnoreSignal(int signal);

// How many signals have come that were ignored so.
unsigned CountIgnoredSignals();

// Undoes IgnoreSignal(), called here or by the process that this one was forked from. Does nothing
// when the signal is not ignored, or has got a handler since.
Result<void> StopIgnoringSignal(int signal);

}  // namespace mp::os
