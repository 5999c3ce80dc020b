/**
 * TLS, by Node: what it decrypts is passed on over a pair of sockets, so that everything else knows nothing of it.
 */
import { once } from 'node:events';
import type { ConnectionOptions, TLSSocket, Server as TlsListener, TlsOptions } from 'node:tls';
import type { InternetAddress } from '../connection/address.js';
import { TimeoutError } from '../errors.js';
import { native } from '../native/binding.js';
import { Connection } from '../transport/connection.js';

// Not at the top: they take tens of milliseconds to load.
const net = () => process.getBuiltinModule('node:net');
const tls = () => process.getBuiltinModule('node:tls');

/** @throws A system error, or one of node:tls, such as CERT_HAS_EXPIRED; {TimeoutError} ERR_MP_TIMEOUT */
export async function connectByTls(
  { host, port }: InternetAddress,
  options: ConnectionOptions,
  timeout: number | undefined,
): Promise<Connection> {
  const socket = tls().connect({ ...options, host, port });
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(
          () => socket.destroy(new TimeoutError('No TLS connection was made in time')),
          timeout,
        );
  try {
    await once(socket, 'secureConnect');
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return relay(socket);
}

export interface TlsServer {
  readonly address: InternetAddress;
  close(): void;
}

/** Listens, and gives every connection whose TLS handshake is done to `admit`. */
export async function listenByTls(
  { host, port }: InternetAddress,
  options: TlsOptions,
  admit: (connection: Connection) => void,
): Promise<TlsServer> {
  const server = tls().createServer(options, (socket) => admit(relay(socket)));
  // A client that fails the handshake is its own affair.
  server.on('tlsClientError', () => {});
  server.listen({ host, port });
  await once(server, 'listening');
  return { address: addressOf(server), close: () => server.close() };
}

function addressOf(server: TlsListener): InternetAddress {
  const { address, port } = server.address() as { address: string; port: number };
  return { host: address, port };
}

/** The plain side of a TLS connection. Only what waits on it keeps the process running. */
function relay(secure: TLSSocket): Connection {
  const [ours, theirs] = native.socketPair(true);
  native.disownFd(theirs);
  const plain = new (net().Socket)({ fd: theirs, readable: true, writable: true });
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
