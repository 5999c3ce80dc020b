#pragma once

#include <uv.h>

namespace mp::bind {

// The few libuv functions that we use, found by name in the running executable. The addon is not
// linked against libuv, so that it also loads into a Node-API runtime that has none; there
// GetUvApi() is null, and whoever needs an event loop says so.
// Struct layouts come from <uv.h>: they are part of libuv's stable ABI within 1.x.
struct UvApi {
  decltype(&uv_poll_init) poll_init;
  decltype(&uv_poll_start) poll_start;
  decltype(&uv_poll_stop) poll_stop;
  decltype(&uv_idle_init) idle_init;
  decltype(&uv_idle_start) idle_start;
  decltype(&uv_idle_stop) idle_stop;
  decltype(&uv_check_init) check_init;
  decltype(&uv_check_start) check_start;
  decltype(&uv_close) close;
  decltype(&uv_ref) ref;
  decltype(&uv_unref) unref;
  decltype(&uv_has_ref) has_ref;
  decltype(&uv_walk) walk;
  decltype(&uv_loop_alive) loop_alive;
  decltype(&uv_loop_fork) loop_fork;
  decltype(&uv_update_time) update_time;
  decltype(&uv_run) run;
  decltype(&uv_fileno) fileno;
  decltype(&uv_err_name) err_name;
};

// All of the functions, or null when the runtime lacks one of them. Looked up once.
const UvApi* GetUvApi();

}  // namespace mp::bind
