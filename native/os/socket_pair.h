#pragma once

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

struct SocketPair {
  UniqueFd first;
  UniqueFd second;
};

enum class Direction { kBoth, kSecondToFirst };

// Two connected stream sockets, CLOEXEC. With kSecondToFirst each is shut down in the direction
// that it does not use, so that the end of the only writer is an end of file for the reader.
Result<SocketPair> CreateSocketPair(Direction direction);

// A socket that is connected to none, and to which nothing ever comes; CLOEXEC.
Result<UniqueFd> CreateSilentSocket();

}  // namespace mp::os
