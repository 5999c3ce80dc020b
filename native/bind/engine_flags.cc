#include "bind/engine_flags.h"

#include "os/host_symbol.h"

namespace mp::bind {
namespace {

// static void v8::V8::SetFlagsFromString(const char*)
using SetFlags = void (*)(const char*);

SetFlags FindSetFlags() {
  static const auto set_flags =
      reinterpret_cast<SetFlags>(os::FindHostSymbol("_ZN2v82V818SetFlagsFromStringEPKc"));
  return set_flags;
}

// All exist, and may be changed at any moment, in V8 11.3 to 14.6 (Node 20 to 26). Do NOT add
// --single-threaded-gc, --no-concurrent-marking or their like: where marking was under way at the
// fork, V8 would abort in ~ConcurrentMarkerBase.
constexpr const char* kFlags[] = {
    "--no-concurrent-recompilation",  "--no-concurrent-osr",         "--no-concurrent-sparkplug",
    "--wasm-num-compilation-tasks=0", "--no-wasm-async-compilation", "--no-parallel-scavenge",
};

}  // namespace

bool CanSetEngineFlags() { return FindSetFlags() != nullptr; }

void SetEngineFlagsOfChild() {
  for (const char* flag : kFlags) FindSetFlags()(flag);
}

}  // namespace mp::bind
