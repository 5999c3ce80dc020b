#pragma once

#include "os/result.h"
#include "os/socket_address.h"
#include "os/unique_fd.h"

namespace mp::os {

// Stream sockets at addresses that a user names. All are CLOEXEC. What is sent over the internet
// leaves at once: frames are written whole, nothing is gained by waiting for more.

// A listening socket, O_NONBLOCK; its connections come by Accept(). An internet address that was in
// use a moment ago may be taken again.
Result<UniqueFd> ListenAt(const SocketAddress& address, int backlog);

// A socket that is connected or about to be: when it is writable, FinishConnecting() tells. EAGAIN
// when too many others wait to be accepted, AF_UNIX only. Never waits.
Result<UniqueFd> StartConnecting(const SocketAddress& address);

// 0, or the negative errno for which there is no connection; the socket is as Accept() makes it.
int FinishConnecting(int socket);

// A peer that the network does not reach for so long counts as gone, after two seconds at least.
// Does nothing to sockets of other kinds than TCP's.
void LimitSilence(int socket, int milliseconds);

// Where the socket itself is, and where the other end is.
Result<SocketAddress> OwnAddressOf(int socket);
Result<SocketAddress> PeerAddressOf(int socket);

}  // namespace mp::os
