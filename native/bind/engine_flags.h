#pragma once

namespace mp::bind {

// Whether this runtime lets us set V8's flags: its C++ function is looked up by name, so that what
// ships depends on no V8 header or symbol.
bool CanSetEngineFlags();

// In a child forked without V8's helper threads: keeps V8 from waiting for them.
void SetEngineFlagsOfChild();

}  // namespace mp::bind
