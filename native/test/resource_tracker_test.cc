// The process that unlinks what a tree of processes has left. This program has its code, so it is
// what the tracker runs.

#include "os/resource_tracker.h"

#include <dirent.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "child.h"
#include "os/descriptors.h"
#include "pipe.h"
#include "segment_name.h"
#include "vendor/catch.hpp"

extern char** environ;

namespace os = mp::os;
using mp::test::Create;
using mp::test::ExitCodeOf;
using mp::test::SegmentName;
using mp::test::StartChild;

namespace {

os::TrackerProgram Program(const std::string& file = "/proc/self/exe") {
  os::TrackerProgram program{file, {"tracker"}, {}};
  for (char** entry = environ; *entry != nullptr; entry++) program.environment.emplace_back(*entry);
  return program;
}

// The root of a tree of processes, as a child of this one, and what its tracker says.
class Root {
 public:
  template <typename Body>
  explicit Root(Body body) {
    pid_ = StartChild([&] {
      if (!os::RedirectOutput(-1, said_.writer.get()).ok()) return 98;
      os::ResourceTracker tracker;
      if (!tracker.Start(Program()).ok()) return 99;
      return body(tracker);
    });
    said_.writer.reset();
  }

  int Wait() const { return ExitCodeOf(pid_); }

  // Blocks until the tracker has ended, which holds the other end.
  std::string ReadToEnd() const {
    std::string text;
    char buffer[256];
    ssize_t got;
    while ((got = read(said_.reader.get(), buffer, sizeof(buffer))) > 0) text.append(buffer, got);
    return text;
  }

  pid_t pid() const { return pid_; }

 private:
  mp::test::Pipe said_;
  pid_t pid_;
};

int TrackNew(os::ResourceTracker& tracker, const SegmentName& name) {
  const auto segment = os::CreateSegment(name.get(), 4096);
  return segment.ok() ? tracker.Track(name.get(), segment.value().inode) : 1;
}

// The children of this process, whichever thread has started them.
std::vector<pid_t> Children() {
  std::vector<pid_t> children;
  DIR* processes = opendir("/proc");
  while (const dirent* entry = readdir(processes)) {
    std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
    std::string line;
    std::getline(file, line);
    const size_t name_end = line.rfind(") ");
    // State and parent.
    if (name_end == std::string::npos) continue;
    if (std::atoi(line.c_str() + name_end + 4) == getpid()) {
      children.push_back(std::atoi(entry->d_name));
    }
  }
  closedir(processes);
  return children;
}

}  // namespace

TEST_CASE("what a process leaves is unlinked when it ends, and told") {
  const SegmentName one("left1");
  const SegmentName other("left2");
  const Root root([&](os::ResourceTracker& tracker) {
    return TrackNew(tracker, one) + TrackNew(tracker, other);
  });
  CHECK(root.Wait() == 0);
  CHECK(root.ReadToEnd() ==
        "resource_tracker: There appear to be 2 leaked shared_memory objects "
        "to clean up at the end of process " +
            std::to_string(root.pid()) + ": " + one.get() + ", " + other.get() + "\n");
  CHECK_FALSE(one.IsTaken());
  CHECK_FALSE(other.IsTaken());
}

TEST_CASE("also when it is killed") {
  const SegmentName name("killed");
  const Root root([&](os::ResourceTracker& tracker) {
    if (TrackNew(tracker, name) != 0) return 1;
    return raise(SIGKILL);
  });
  CHECK(root.Wait() == -SIGKILL);
  CHECK(root.ReadToEnd().find(name.get()) != std::string::npos);
  CHECK_FALSE(name.IsTaken());
}

TEST_CASE("what it has unlinked is not told, whoever did it") {
  const SegmentName own("own");
  const SegmentName others("others");
  const Root root([&](os::ResourceTracker& tracker) {
    if (TrackNew(tracker, own) + TrackNew(tracker, others) != 0) return 1;
    if (!os::UnlinkSegment(own.get()).ok() || !os::UnlinkSegment(others.get()).ok()) return 2;
    tracker.Forget(own.get());
    return 0;
  });
  CHECK(root.Wait() == 0);
  CHECK(root.ReadToEnd().empty());
}

TEST_CASE("a segment that was given the name since stays") {
  const SegmentName name("later");
  const Root root([&](os::ResourceTracker& tracker) {
    if (TrackNew(tracker, name) != 0) return 1;
    const bool replaced =
        os::UnlinkSegment(name.get()).ok() && os::CreateSegment(name.get(), 100).ok();
    return replaced ? 0 : 2;
  });
  CHECK(root.Wait() == 0);
  CHECK(root.ReadToEnd().empty());
  CHECK(name.IsTaken());
}

TEST_CASE("names that nobody forgets are dropped once there are many") {
  const SegmentName name("kept");
  const Root root([&](os::ResourceTracker& tracker) {
    if (TrackNew(tracker, name) != 0) return 1;
    for (int i = 0; i < 3000; i++) {
      if (tracker.Track(name.get() + std::to_string(i), 1) != 0) return 2;
    }
    return 0;
  });
  CHECK(root.Wait() == 0);
  CHECK(root.ReadToEnd().find("be 1 leaked") != std::string::npos);
}

TEST_CASE("the segments of a child last until the root of its tree has ended") {
  const SegmentName name("child");
  const mp::test::Pipe go;
  const Root root([&](os::ResourceTracker&) {
    const pid_t self = getpid();
    const int child = ExitCodeOf(StartChild([&] {
      os::ResourceTracker tracker;
      tracker.SetRoot(self);
      return tracker.Start(Program()).ok() ? TrackNew(tracker, name) : 1;
    }));
    return child == 0 && mp::test::ReadByte(go.reader.get()) && name.IsTaken() ? 0 : 1;
  });
  REQUIRE(mp::test::WriteByte(go.writer.get()));
  CHECK(root.Wait() == 0);
  CHECK(root.ReadToEnd().find(name.get()) != std::string::npos);
  CHECK_FALSE(name.IsTaken());
}

TEST_CASE("a forked child has the tracker of its parent, whose tree it belongs to") {
  const SegmentName name("forked");
  const Root root([&](os::ResourceTracker& tracker) {
    const pid_t self = getpid();
    return ExitCodeOf(StartChild([&] {
      const bool is_same_tree = tracker.root() == self;
      tracker.SetRoot(self);
      return is_same_tree ? TrackNew(tracker, name) : 1;
    }));
  });
  CHECK(root.Wait() == 0);
  CHECK(root.ReadToEnd().find(name.get()) != std::string::npos);
  CHECK_FALSE(name.IsTaken());
}

TEST_CASE("a tracker that knows nothing ends with the last who know it, though the root lives") {
  const Root child([&](os::ResourceTracker&) {
    os::ResourceTracker tracker;
    tracker.SetRoot(getppid());
    return tracker.Start(Program()).ok() ? 0 : 1;
  });
  CHECK(child.Wait() == 0);
  CHECK(child.ReadToEnd().empty());
}

TEST_CASE("a process that gets a tree of its own needs a tracker of its own") {
  const Root root([&](os::ResourceTracker& tracker) {
    tracker.SetRoot(getpid());
    if (tracker.Track("name", 1) != 0) return 1;
    tracker.SetRoot(getppid());
    return tracker.root() == getppid() && tracker.Track("name", 1) == -ESRCH ? 0 : 2;
  });
  CHECK(root.Wait() == 0);
}

TEST_CASE("signals do not end the tracker") {
  const SegmentName name("signals");
  const Root root([&](os::ResourceTracker& tracker) {
    const pid_t its = Children().front();
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
      if (kill(its, signal) != 0) return 1;
    }
    return TrackNew(tracker, name);
  });
  CHECK(root.Wait() == 0);
  CHECK(root.ReadToEnd().find(name.get()) != std::string::npos);
}

TEST_CASE("a tracker that was killed is noticed, and can be started again") {
  const SegmentName name("again");
  const Root root([&](os::ResourceTracker& tracker) {
    const pid_t its = Children().front();
    if (kill(its, SIGKILL) != 0 || ExitCodeOf(its) != -SIGKILL) return 1;
    if (tracker.Track("name", 1) != -EPIPE || tracker.Track("name", 1) != -ESRCH) return 2;
    if (!tracker.Start(Program()).ok()) return 3;
    return TrackNew(tracker, name);
  });
  CHECK(root.Wait() == 0);
  CHECK_FALSE(root.ReadToEnd().empty());
}

TEST_CASE("threads that start a tracker at once start one") {
  const Root root([&](os::ResourceTracker&) {
    os::ResourceTracker tracker;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) {
      threads.emplace_back([&] { static_cast<void>(tracker.Start(Program())); });
    }
    for (std::thread& thread : threads) thread.join();
    // One is Root's own.
    return Children().size() == 2 ? 0 : 1;
  });
  CHECK(root.Wait() == 0);
}

TEST_CASE("a program that cannot be a tracker is an error") {
  os::ResourceTracker tracker;
  CHECK(tracker.Start(Program("/nonexistent")).error().errnum == ENOENT);
  CHECK(tracker.Start(Program("/bin/true")).error().errnum == EPIPE);
  CHECK(tracker.Track("name", 1) == -ESRCH);
  while (mp::test::HasChildren()) static_cast<void>(waitpid(-1, nullptr, 0));
}

TEST_CASE("a name that is too long for a segment is refused") {
  const Root root([&](os::ResourceTracker& tracker) {
    return tracker.Track(std::string(256, 'x'), 1) == -ENAMETOOLONG ? 0 : 1;
  });
  CHECK(root.Wait() == 0);
}
