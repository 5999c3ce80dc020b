#include "bind/uv_api.h"

#include <optional>

#include "os/host_symbol.h"

namespace mp::bind {
namespace {

template <typename Function>
bool Find(const char* name, Function* function) {
  *function = reinterpret_cast<Function>(os::FindHostSymbol(name));
  return *function != nullptr;
}

std::optional<UvApi> Load() {
  UvApi api;
  const bool complete =
      Find("uv_poll_init", &api.poll_init) && Find("uv_poll_start", &api.poll_start) &&
      Find("uv_poll_stop", &api.poll_stop) && Find("uv_idle_init", &api.idle_init) &&
      Find("uv_idle_start", &api.idle_start) && Find("uv_idle_stop", &api.idle_stop) &&
      Find("uv_check_init", &api.check_init) && Find("uv_check_start", &api.check_start) &&
      Find("uv_close", &api.close) && Find("uv_loop_alive", &api.loop_alive) &&
      Find("uv_ref", &api.ref) && Find("uv_unref", &api.unref) &&
      Find("uv_has_ref", &api.has_ref) && Find("uv_walk", &api.walk) &&
      Find("uv_loop_fork", &api.loop_fork) && Find("uv_update_time", &api.update_time) &&
      Find("uv_run", &api.run) && Find("uv_fileno", &api.fileno) &&
      Find("uv_err_name", &api.err_name);
  if (!complete) return std::nullopt;
  return api;
}

}  // namespace

const UvApi* GetUvApi() {
  static const std::optional<UvApi> api = Load();
  return api ? &*api : nullptr;
}

}  // namespace mp::bind
