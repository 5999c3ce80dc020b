#include "bind/addon_data.h"

#include <vector>

namespace mp::bind {

AddonData::AddonData(Napi::Env env) : env_(env) {
  napi_get_uv_event_loop(env, &loop_);
  // Asynchronous, because libuv's handles close only in a later turn of the loop, which Node keeps
  // turning until the hook is removed.
  napi_add_async_cleanup_hook(env, OnCleanup, this, &hook_);
}

void AddonData::HandleClosed(OpenHandle* handle) {
  handles_.remove(handle);
  FinishCleanupWhenEmpty();
}

void AddonData::CloseAllHandles() {
  // A copy: closing may take the handle off the list at once.
  const std::vector<OpenHandle*> open(handles_.begin(), handles_.end());
  for (OpenHandle* handle : open) handle->Close();
}

void AddonData::OnCleanup(napi_async_cleanup_hook_handle, void* data) {
  auto* self = static_cast<AddonData*>(data);
  self->cleaning_up_ = true;
  self->CloseAllHandles();
  self->FinishCleanupWhenEmpty();
}

void AddonData::FinishCleanupWhenEmpty() {
  if (!cleaning_up_ || !handles_.empty() || hook_ == nullptr) return;
  fds_.CloseAll();
  participant_.Leave();
  napi_remove_async_cleanup_hook(hook_);
  hook_ = nullptr;
}

}  // namespace mp::bind
