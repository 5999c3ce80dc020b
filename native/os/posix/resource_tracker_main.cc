// The resource tracker itself: see resource_tracker.h.

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "os/descriptors.h"
#include "os/process_handle.h"
#include "os/retry.h"
#include "os/shared_memory.h"
#include "os/tracker_protocol.h"
#include "os/unique_fd.h"

namespace mp::os {
namespace {

// How long the rest of the tree may take to end after its root.
constexpr int kGraceMs = 1000;
// How long it may take to look for more messages, of which the channel holds some hundred.
constexpr int kPauseMs = 5;
// From so many names on it is looked whether somebody has unlinked them who did not say so.
constexpr size_t kFewNames = 1024;
constexpr size_t kMostNamesTold = 20;

class Tracker {
 public:
  Tracker(UniqueFd channel, pid_t root) : channel_(std::move(channel)), root_pid_(root) {
    Result<UniqueFd> handle = OpenProcessHandle(root);
    if (handle.ok()) root_ = std::move(handle.value());
  }

  void Run() {
    ListenUntilTheEnd();
    const std::vector<std::string> leaked = UnlinkAll();
    if (!leaked.empty()) Warn(leaked);
  }

 private:
  void ListenUntilTheEnd() {
    while (IsNeeded()) {
      // After a message only the end wakes it for a moment: to be woken costs whoever sends more
      // than to send.
      const short awaited = is_busy_ ? 0 : POLLIN;
      pollfd entries[] = {{channel_.get(), awaited, 0}, {root_.get(), POLLIN, 0}};
      const int ready = RetryOnEintr([&] { return poll(entries, 2, Timeout()); });
      if (ready < 0 || (ready == 0 && !is_busy_)) return;
      ReceiveAll();
      if (entries[1].revents != 0) root_.reset();
    }
  }

  bool IsNeeded() const { return channel_.valid() || (root_.valid() && !segments_.empty()); }

  int Timeout() const {
    if (is_busy_) return kPauseMs;
    return root_.valid() ? -1 : kGraceMs;
  }

  void ReceiveAll() {
    is_busy_ = false;
    while (channel_.valid()) {
      TrackerMessage message;
      const ssize_t got = RetryOnEintr(
          [&] { return recv(channel_.get(), &message, sizeof(message), MSG_DONTWAIT); });
      if (got < 0 && errno == EAGAIN) return;
      if (got != sizeof(message)) {
        channel_.reset();
        return;
      }
      is_busy_ = true;
      Take(message);
    }
  }

  void Take(TrackerMessage& message) {
    message.name[sizeof(message.name) - 1] = '\0';
    if (message.inode == 0) {
      segments_.erase(message.name);
    } else {
      segments_[message.name] = message.inode;
      if (segments_.size() > prune_above_) Prune();
    }
  }

  void Prune() {
    for (auto at = segments_.begin(); at != segments_.end();) {
      at = IsThere(at->first, at->second) ? std::next(at) : segments_.erase(at);
    }
    prune_above_ = std::max(kFewNames, 2 * segments_.size());
  }

  // Not another one, that was given the name when this one had lost it.
  static bool IsThere(const std::string& name, uint64_t inode) {
    const Result<uint64_t> found = FindSegment(name);
    return found.ok() && found.value() == inode;
  }

  std::vector<std::string> UnlinkAll() const {
    std::vector<std::string> unlinked;
    for (const auto& [name, inode] : segments_) {
      if (IsThere(name, inode) && UnlinkSegment(name).ok()) unlinked.push_back(name);
    }
    return unlinked;
  }

  // In the words of CPython's.
  void Warn(const std::vector<std::string>& names) const {
    std::string text = "resource_tracker: There appear to be " + std::to_string(names.size()) +
                       " leaked shared_memory objects to clean up at the end of process " +
                       std::to_string(root_pid_) + ":";
    const size_t told = std::min(names.size(), kMostNamesTold);
    for (size_t i = 0; i < told; i++) text += (i == 0 ? " " : ", ") + names[i];
    text += told < names.size() ? ", ...\n" : "\n";
    static_cast<void>(WriteAll(STDERR_FILENO, text.data(), text.size()));
  }

  UniqueFd channel_;
  // A message has come a moment ago.
  bool is_busy_ = false;
  // Not valid when it has ended.
  UniqueFd root_;
  const pid_t root_pid_;
  std::map<std::string, uint64_t> segments_;
  size_t prune_above_ = kFewNames;
};

bool IsSocket(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

// Nothing of the program is held on to but its standard error.
void LeaveTheProgram() {
  setsid();
  const UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null.valid()) dup2(null.get(), STDOUT_FILENO);
}

// Runs when this code is loaded into a program, before the program's own main(): so the tracker
// needs no file of its own, and is as small as a program that has not begun.
[[gnu::constructor]] void BecomeTrackerIfAsked() {
  const char* const root = std::getenv(kTrackerVariable);
  if (root == nullptr || !IsSocket(kTrackerChannel)) return;
  LeaveTheProgram();
  UniqueFd channel(kTrackerChannel);
  const char listening = 1;
  send(channel.get(), &listening, 1, MSG_NOSIGNAL);
  Tracker(std::move(channel), std::atoi(root)).Run();
  _exit(0);
}

}  // namespace
}  // namespace mp::os
