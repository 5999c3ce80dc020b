#include "os/spawn.h"

#include <fcntl.h>
#include <spawn.h>

#include <csignal>

#include "os/process_handle.h"

namespace mp::os {
namespace {

constexpr int kChannel = 3;

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Owns the attributes and file actions of one posix_spawn.
class SpawnSettings {
 public:
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  int PlanDescriptors(int channel) {
    int status = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    // Closed here: closed there.
    if (status == 0 && IsOpen(STDOUT_FILENO)) status = Inherit(STDOUT_FILENO, STDOUT_FILENO);
    if (status == 0 && IsOpen(STDERR_FILENO)) status = Inherit(STDERR_FILENO, STDERR_FILENO);
    if (status == 0) status = Inherit(channel, kChannel);
    return status;
  }

  int PlanSignals(SpawnSignals signals) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, signals == SpawnSignals::kBlocked ? &all : &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    return posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

 private:
  static bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

  // Node has made even 1 and 2 close-on-exec. dup2 of a descriptor onto itself keeps that flag with
  // glibc before 2.29, so the child gets each from a copy under another number.
  int Inherit(int fd, int as) {
    UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, kChannel + 1));
    if (!copy.valid()) return errno;
    const int status = posix_spawn_file_actions_adddup2(&actions, copy.get(), as);
    copies_.push_back(std::move(copy));
    return status;
  }

  std::vector<UniqueFd> copies_;
};

}  // namespace

Result<SpawnedProcess> Spawn(const SpawnPlan& plan) {
  SpawnSettings settings;
  int status = settings.PlanDescriptors(plan.channel);
  if (status == 0) status = settings.PlanSignals(plan.signals);
  const std::vector<char*> arguments = Pointers(plan.arguments);
  const std::vector<char*> environment = Pointers(plan.environment);
  pid_t pid = -1;
  if (status == 0) {
    status = posix_spawn(&pid, plan.file.c_str(), &settings.actions, &settings.attributes,
                         arguments.data(), environment.data());
  }
  if (status != 0) return SysError{status, "posix_spawn"};
  Result<UniqueFd> pidfd = OpenHandleOfNewChild(pid);
  if (!pidfd.ok()) return pidfd.error();
  return SpawnedProcess{pid, std::move(pidfd.value())};
}

}  // namespace mp::os
