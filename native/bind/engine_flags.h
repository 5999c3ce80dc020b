#pragma once

namespace mp::bind {

// Whether this runtime lets us set V8's flags: its C++ function is looked up by name, so that what
// ships depends on no V8 header or symbol.
bool CanSetEngineFlags();

// In a child just forked: keeps V8 from waiting for its helper threads, which died with the fork.
void SetEngineFlagsOfChild();

}  // namespace mp::bind
