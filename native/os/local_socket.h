#pragma once

#include <sys/types.h>

#include <string>

#include "os/result.h"
#include "os/unique_fd.h"

namespace mp::os {

// Stream sockets that processes of this machine find each other by: their addresses are abstract
// names, which are no files, so that nothing is left behind, whoever dies.

struct Listener {
  UniqueFd fd;  // CLOEXEC, and O_NONBLOCK.
  std::string address;
};

// Listens on a name that nobody can guess or has taken: 128 random bits. Whoever is told the name
// may connect, also other users: see ReadPeerCredentials().
Result<Listener> ListenOnRandomAddress();

// The next connection, CLOEXEC, or a negative errno: -EAGAIN when none is waiting.
int Accept(int listener);

// A connection, CLOEXEC, or a negative errno: -EAGAIN when too many others wait to be accepted,
// -ECONNREFUSED when nobody listens. Never waits.
int Connect(const std::string& address);

// Who made the other end of a connection: of an accepted one, whoever called Connect().
struct PeerCredentials {
  pid_t pid;  // 0 when it belongs to a pid namespace that is not seen from here.
  uid_t uid;
  gid_t gid;
};

Result<PeerCredentials> ReadPeerCredentials(int socket);

}  // namespace mp::os
