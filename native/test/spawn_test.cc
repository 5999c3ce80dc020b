// Programs started without a copy of this process.

#include "os/spawn.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>

#include "child.h"
#include "open_fds.h"
#include "os/proc_file.h"
#include "os/process_handle.h"
#include "os/socket_pair.h"
#include "pipe.h"
#include "vendor/catch.hpp"

namespace os = mp::os;
using mp::test::ExitCodeOf;
using mp::test::InChild;

namespace {

// A shell that runs one command.
os::SpawnPlan Shell(const std::string& command, int channel,
                    std::vector<std::string> environment = {}) {
  return {"/bin/sh", {"sh", "-c", command}, std::move(environment), channel};
}

os::SocketPair Channel() {
  auto pair = os::CreateSocketPair(os::Direction::kBoth);
  REQUIRE(pair.ok());
  return std::move(pair.value());
}

os::SpawnedProcess SpawnOk(const os::SpawnPlan& plan) {
  auto process = os::Spawn(plan);
  REQUIRE(process.ok());
  return std::move(process.value());
}

std::string ReadToEnd(int fd) {
  std::string text;
  char buffer[256];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof(buffer))) > 0) text.append(buffer, got);
  return text;
}

// What such a command writes to its channel.
std::string OutputOf(const std::string& command, std::vector<std::string> environment = {}) {
  os::SocketPair channel = Channel();
  const os::SpawnedProcess process =
      SpawnOk(Shell(command, channel.second.get(), std::move(environment)));
  channel.second.reset();
  const std::string output = ReadToEnd(channel.first.get());
  CHECK(ExitCodeOf(process.pid) == 0);
  return output;
}

// A spawned process that has stopped itself, so that it can be looked at; gone with this object.
class StoppedProcess {
 public:
  explicit StoppedProcess(int channel) : process_(SpawnOk(Shell("kill -STOP $$", channel))) {
    siginfo_t info{};
    REQUIRE(waitid(P_PID, process_.pid, &info, WSTOPPED) == 0);
  }
  ~StoppedProcess() {
    kill(process_.pid, SIGKILL);
    waitpid(process_.pid, nullptr, 0);
  }

  std::string Path(const std::string& file) const {
    return "/proc/" + std::to_string(process_.pid) + "/" + file;
  }

  // Its descriptors, and what each is.
  std::map<int, std::string> Fds() const {
    std::map<int, std::string> fds;
    for (int fd = 0; fd < 1024; fd++) {
      char target[256];
      const ssize_t length =
          readlink(Path("fd/" + std::to_string(fd)).c_str(), target, sizeof(target));
      if (length > 0) fds[fd] = std::string(target, length);
    }
    return fds;
  }

  // A mask of signals of its /proc/PID/status, such as "SigBlk".
  unsigned long Signals(const std::string& name) const {
    const auto status = os::ReadProcFile(Path("status").c_str());
    REQUIRE(status.ok());
    const size_t at = status.value().find(name + ":");
    REQUIRE(at != std::string::npos);
    return std::strtoul(status.value().c_str() + at + name.size() + 1, nullptr, 16);
  }

 private:
  os::SpawnedProcess process_;
};

// As Node does at its start to all descriptors, 1 and 2 included.
class CloseOnExec {
 public:
  explicit CloseOnExec(const std::set<int>& fds) {
    for (const int fd : fds) {
      flags_[fd] = fcntl(fd, F_GETFD);
      fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
  }
  ~CloseOnExec() {
    for (const auto& [fd, flags] : flags_) fcntl(fd, F_SETFD, flags);
  }

 private:
  std::map<int, int> flags_;
};

std::string TargetOf(int fd) {
  char target[256];
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = readlink(path.c_str(), target, sizeof(target));
  REQUIRE(length > 0);
  return std::string(target, length);
}

}  // namespace

TEST_CASE("descriptor 3 of a spawned program is the channel") {
  CHECK(OutputOf("echo hello >&3") == "hello\n");
}

TEST_CASE("arguments and environment reach a spawned program, and nothing else does") {
  setenv("MP_TEST_OF_THE_PARENT", "1", 1);
  CHECK(OutputOf("echo \"$NAME,$MP_TEST_OF_THE_PARENT\" >&3", {"NAME=a b=c"}) == "a b=c,\n");
  unsetenv("MP_TEST_OF_THE_PARENT");
}

TEST_CASE("a spawned program has four descriptors") {
  const CloseOnExec as_in_node(mp::test::OpenFds());
  const os::SocketPair channel = Channel();
  {
    const StoppedProcess process(channel.second.get());
    const std::map<int, std::string> expected{
        {0, "/dev/null"}, {1, TargetOf(1)}, {2, TargetOf(2)}, {3, TargetOf(channel.second.get())}};
    CHECK(process.Fds() == expected);
  }
}

TEST_CASE("signals of a spawned program are at their defaults") {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before[2];
  sigaction(SIGPIPE, &ignore, &before[0]);
  sigaction(SIGUSR1, &ignore, &before[1]);
  sigset_t blocked;
  sigset_t mask;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &mask);
  const os::SocketPair channel = Channel();
  {
    const StoppedProcess process(channel.second.get());
    CHECK(process.Signals("SigBlk") == 0);
    // The signals 32 and 33 belong to the C library.
    CHECK((process.Signals("SigIgn") & 0x7fffffff) == 0);
  }
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  sigaction(SIGPIPE, &before[0], nullptr);
  sigaction(SIGUSR1, &before[1], nullptr);
}

TEST_CASE("the handle stands for the spawned program and is close-on-exec") {
  os::SocketPair channel = Channel();
  const os::SpawnedProcess process = SpawnOk(Shell("read x <&3; exit 7", channel.second.get()));
  CHECK(mp::test::IsCloseOnExec(process.pidfd.get()));
  CHECK(!os::TryReap(process.pidfd.get()).value().has_value());
  channel.second.reset();
  channel.first.reset();
  CHECK(ExitCodeOf(process.pid) == 7);
  CHECK(!os::SendSignal(process.pidfd.get(), 0).value());
}

TEST_CASE("the channel may be descriptor 3 already, or any of the lower ones") {
  for (const int number : {3, 0}) {
    CHECK(InChild([&] {
            os::SocketPair channel = Channel();
            if (channel.first.get() <= number)
              channel.first.reset(fcntl(channel.first.get(), F_DUPFD_CLOEXEC, 10));
            if (dup2(channel.second.get(), number) != number) return 1;
            if (channel.second.get() != number) channel.second.reset();
            const os::SpawnedProcess process = SpawnOk(Shell("echo hi >&3", number));
            close(number);
            if (ReadToEnd(channel.first.get()) != "hi\n") return 2;
            return ExitCodeOf(process.pid);
          }) == 0);
  }
}

TEST_CASE("a closed standard output stays closed") {
  CHECK(InChild([] {
          os::SocketPair channel = Channel();
          close(STDOUT_FILENO);
          const os::SpawnedProcess process =
              SpawnOk(Shell("test ! -e /proc/self/fd/1", channel.second.get()));
          return ExitCodeOf(process.pid);
        }) == 0);
}

TEST_CASE("a program that does not exist is ENOENT, and leaves nothing") {
  const os::SocketPair channel = Channel();
  const auto fds = mp::test::OpenFds();
  const auto process = os::Spawn({"/nowhere/program", {"program"}, {}, channel.second.get()});
  REQUIRE(!process.ok());
  CHECK(process.error().errnum == ENOENT);
  CHECK(std::string(process.error().syscall) == "posix_spawn");
  CHECK(mp::test::OpenFds() == fds);
  CHECK(!mp::test::HasChildren());
}

TEST_CASE("a channel that is not open is EBADF") {
  const auto process = os::Spawn(Shell("exit 0", 1000));
  REQUIRE(!process.ok());
  CHECK(process.error().errnum == EBADF);
  CHECK(!mp::test::HasChildren());
}

TEST_CASE("nothing is left running when there is no descriptor for its handle") {
  CHECK(InChild([] {
          os::SocketPair channel = Channel();
          // Room for the copies that a spawn needs, but not for the handle after them.
          const int lowest_free = dup(0);
          close(lowest_free);
          const rlim_t most = static_cast<rlim_t>(lowest_free) + 3;
          const rlimit limit{most, most};
          if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
          const auto process = os::Spawn(Shell("echo ran >&3; read x <&3", channel.second.get()));
          if (process.ok()) return 2;
          if (process.error().errnum != EMFILE) return 3;
          return mp::test::HasChildren() ? 4 : 0;
        }) == 0);
}

TEST_CASE("spawning leaves no descriptor and no zombie") {
  const os::SocketPair channel = Channel();
  const auto fds = mp::test::OpenFds();
  for (int i = 0; i < 20; i++) {
    CHECK(ExitCodeOf(SpawnOk(Shell("exit 3", channel.second.get())).pid) == 3);
  }
  CHECK(mp::test::OpenFds() == fds);
  CHECK(!mp::test::HasChildren());
}
