#include "os/resource_tracker.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "os/abandoned_children.h"
#include "os/retry.h"
#include "os/socket_pair.h"
#include "os/spawn.h"
#include "os/tracker_protocol.h"
#include "os/wait_ready.h"

namespace mp::os {
namespace {

// Reached by a machine that stands still only.
constexpr int kStartTimeoutMs = 30'000;

Result<void> WaitUntilItListens(int channel) {
  // What a signal cuts off begins anew: it takes milliseconds.
  const auto wait = [&] { return WaitReady(channel, kReadable, kStartTimeoutMs); };
  int ready = wait();
  while (ready == -EINTR) ready = wait();
  if (ready < 0) return SysError{-ready, "poll"};
  if (ready == 0) return SysError{ETIMEDOUT, "poll"};
  char byte;
  const ssize_t got = RetryOnEintr([&] { return recv(channel, &byte, 1, 0); });
  if (got < 0) return LastError("recv");
  if (got == 0) return SysError{EPIPE, "recv"};
  return {};
}

}  // namespace

void ResourceTracker::SetRoot(pid_t root) {
  // A forked child with a tree of its own must not count on the tracker of the old one.
  if (root != this->root()) {
    const std::lock_guard<std::mutex> lock(mutex_);
    channel_.reset();
  }
  root_ = root;
}

pid_t ResourceTracker::root() const {
  const pid_t root = root_;
  return root != 0 ? root : getpid();
}

Result<void> ResourceTracker::Start(const TrackerProgram& program) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (channel_.valid()) return {};
  // From now on it is the same for children that are forked, who have the channel, too.
  root_ = root();
  Result<SocketPair> pair = CreateSocketPair(Direction::kBoth);
  if (!pair.ok()) return pair.error();
  auto& [ours, theirs] = pair.value();
  SpawnPlan plan{program.file, program.arguments, program.environment, theirs.get(),
                 SpawnSignals::kBlocked};
  plan.environment.push_back(std::string(kTrackerVariable) + "=" + std::to_string(root()));
  Result<SpawnedProcess> process = Spawn(plan);
  if (!process.ok()) return process.error();
  CloseOrAbandon(std::move(process.value().pidfd));
  theirs.reset();
  const Result<void> listens = WaitUntilItListens(ours.get());
  if (listens.ok()) channel_ = std::move(ours);
  return listens;
}

int ResourceTracker::Track(const std::string& name, uint64_t inode) { return Send(name, inode); }

// Where the tracker has died, nobody needs to know.
void ResourceTracker::Forget(const std::string& name) { static_cast<void>(Send(name, 0)); }

int ResourceTracker::Send(const std::string& name, uint64_t inode) {
  TrackerMessage message{inode, {}};
  if (name.size() >= sizeof(message.name)) return -ENAMETOOLONG;
  std::memcpy(message.name, name.data(), name.size());
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!channel_.valid()) return -ESRCH;
  const auto send = [&] { return ::send(channel_.get(), &message, sizeof(message), MSG_NOSIGNAL); };
  if (RetryOnEintr(send) >= 0) return 0;
  const int error = errno;
  channel_.reset();
  return -error;
}

}  // namespace mp::os
