#pragma once

#include "os/participants.h"
#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::bind {

// One environment's part in the arena: its slot, and the doorbell by which others wake its event
// loop. It takes part from the first time that it is asked for.
class Participant {
 public:
  Participant() = default;
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;
  ~Participant() { Leave(); }

  os::Result<void> Join();

  // 0 before Join().
  os::OwnerId owner() const { return owner_; }
  int doorbell() const { return doorbell_.get(); }

  // What it holds from now on when it ends, it leaves on purpose.
  void AnnounceLeaving();
  // Gives back what it has. Idempotent.
  void Leave();
  // In a forked child: all of it is the parent's.
  void Forget();

 private:
  os::OwnerId owner_ = 0;
  os::UniqueFd doorbell_;
};

}  // namespace mp::bind
