/**
 * TLS, by Node: what it decrypts is passed on over a pair of sockets, so that everything else knows nothing of it.
 */
import { once } from 'node:events';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { InternetAddress } from '../connection/address.js';
import { TimeoutError } from '../errors.js';
import { native } from '../native/binding.js';
import { Alarm, deadlineAfter } from '../time.js';
import { Connection } from '../transport/connection.js';

/**
 * @param timeout - Of the whole, in ms; undefined: none.
 * @throws A system error, or one of node:tls, such as CERT_HAS_EXPIRED; {TimeoutError} ERR_MP_TIMEOUT
 */
export async function connectByTls(
  { host, port }: InternetAddress,
  options: ConnectionOptions,
  timeout: number | undefined,
): Promise<Connection> {
  // Not at the top: it takes tens of milliseconds to load.
  const tls = process.getBuiltinModule('node:tls');
  const socket = tls.connect({ ...options, host, port });
  const stopClock = startClock(socket, timeout);
  try {
    await once(socket, 'secureConnect');
    return relay(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    stopClock();
  }
}

function startClock(socket: TLSSocket, timeout: number | undefined): () => void {
  if (timeout === undefined) return () => {};
  const expire = () => socket.destroy(new TimeoutError('No TLS connection was made in time'));
  const alarm = new Alarm(deadlineAfter(timeout), expire);
  return () => alarm.clear();
}

/**
 * The plain side of a TLS connection. Only what waits on it keeps the process running.
 * @throws A system error, such as EMFILE; the TLS connection is the caller's still.
 */
export function relay(secure: TLSSocket): Connection {
  const { Socket } = process.getBuiltinModule('node:net');
  const [ours, theirs] = native.socketPair(true);
  native.disownFd(theirs);
  const plain = new Socket({ fd: theirs, readable: true, writable: true });
  secure.setNoDelay(true);
  for (const [from, to] of [
    [secure, plain],
    [plain, secure],
  ] as const) {
    from.unref();
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
  return Connection.fromFd(ours);
}
