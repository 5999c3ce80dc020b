#include "bind/inherited_inspector.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "bind/uv_api.h"
#include "os/descriptors.h"
#include "os/mappings.h"
#include "os/socket_pair.h"

namespace mp::bind {
namespace {

// In the first the ends of the connections are read, and in the same or the next they are closed.
constexpr int kTurns = 3;

bool IsLoop(const uv_loop_t& loop, int epoll) {
  return loop.backend_fd == epoll && loop.wq_async.loop == &loop && loop.wq_async.type == UV_ASYNC;
}

// Node keeps the inspector's event loop on the stack of the inspector's thread, a few frames above
// the one that waits. That thread does not exist here, so its stack stays as it was.
uv_loop_t* FindLoop(const os::ThreadState& thread) {
  const os::Result<uintptr_t> end = os::EndOfMapping(thread.stack_pointer);
  if (!end.ok()) return nullptr;
  const uintptr_t begin = thread.stack_pointer & ~(alignof(uv_loop_t) - 1);
  for (uintptr_t at = begin; at + sizeof(uv_loop_t) <= end.value(); at += alignof(uv_loop_t)) {
    auto* loop = reinterpret_cast<uv_loop_t*>(at);
    if (IsLoop(*loop, thread.epoll)) return loop;
  }
  return nullptr;
}

std::vector<int> SocketsOf(uv_loop_t* loop) {
  std::vector<int> sockets;
  GetUvApi()->walk(
      loop,
      [](uv_handle_t* handle, void* list) {
        uv_os_fd_t fd;
        if (handle->type != UV_TCP || GetUvApi()->fileno(handle, &fd) != 0) return;
        static_cast<std::vector<int>*>(list)->push_back(fd);
      },
      &sockets);
  return sockets;
}

bool IsListening(int socket) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

int LocalPort(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  // IPv6 addresses have the port in the same place.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

bool Serves(uv_loop_t* loop, int port) {
  for (const int socket : SocketsOf(loop)) {
    if (IsListening(socket) && LocalPort(socket) == port) return true;
  }
  return false;
}

// False: there are no descriptors left for it.
bool LeaveSocketsOfParent(uv_loop_t* loop) {
  const os::Result<os::UniqueFd> silent = os::CreateSilentSocket();
  os::Result<os::SocketPair> ended = os::CreateSocketPair(os::Direction::kBoth);
  if (!silent.ok() || !ended.ok()) return false;
  ended.value().second.reset();
  for (const int socket : SocketsOf(loop)) {
    const os::UniqueFd& by = IsListening(socket) ? silent.value() : ended.value().first;
    if (!os::ReplaceDescriptor(socket, by.get()).ok()) return false;
  }
  return true;
}

bool EndConnections(uv_loop_t* loop) {
  if (!LeaveSocketsOfParent(loop) || GetUvApi()->loop_fork(loop) != 0) return false;
  // "Debugger ending on ws://…" is not true of the parent, whose address it names.
  const os::MutedStandardError muted;
  for (int i = 0; i < kTurns; i++) GetUvApi()->run(loop, UV_RUN_NOWAIT);
  return true;
}

}  // namespace

bool EndInheritedSessions(const std::vector<os::ThreadState>& threads, int port) {
  for (const os::ThreadState& thread : threads) {
    if (thread.epoll < 0) continue;
    uv_loop_t* loop = FindLoop(thread);
    if (loop != nullptr && Serves(loop, port)) return EndConnections(loop);
  }
  return false;
}

}  // namespace mp::bind
