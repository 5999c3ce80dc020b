#pragma once

#include <array>
#include <cstdint>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// A doorbell wakes the event loop of a thread, in whichever process: a datagram socket with a name
// that nobody can guess, so that whoever is told the name can ring without having been given a
// descriptor.

using DoorbellName = std::array<uint8_t, 16>;

struct Doorbell {
  UniqueFd fd;  // CLOEXEC, O_NONBLOCK; readable when it was rung.
  DoorbellName name;
};

Result<Doorbell> InstallDoorbell();

// Any doorbell's descriptor does for `from`. Never waits. False: nobody has this name any more.
bool RingDoorbell(int from, const DoorbellName& name);

// Not readable any more, until it is rung again.
void SilenceDoorbell(int fd);

}  // namespace mp::os
