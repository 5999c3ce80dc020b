import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { InternetAddress } from '../../connection/address.js';
import type { HandshakeOptions } from '../../connection/handshakes.js';
import { subWarning } from '../../logging/emit.js';
import { MAX_TIMER_MS } from '../../time.js';
import type { Connection } from '../../transport/connection.js';
import { relay } from '../tls.js';

/** Of those whose TLS handshake is not done: how long it may take, and how many they may be. */
export type StrangerLimits = Pick<HandshakeOptions, 'timeoutMs' | 'max'>;

export interface TlsListener {
  readonly address: InternetAddress;
  close(): void;
}

/**
 * Listens, and gives every connection whose TLS handshake is done to `admit`.
 * @throws A system error, such as EADDRINUSE; one of node:tls
 */
export async function listenByTls(
  { host, port }: InternetAddress,
  options: TlsOptions,
  { timeoutMs, max }: StrangerLimits,
  admit: (connection: Connection) => void,
): Promise<TlsListener> {
  const strangers = new Strangers(max);
  // Not at the top: it takes tens of milliseconds to load.
  const tls = process.getBuiltinModule('node:tls');
  const handshakeTimeout = Math.min(timeoutMs ?? MAX_TIMER_MS, MAX_TIMER_MS);
  const server = tls.createServer({ handshakeTimeout, ...options }, (socket) => {
    if (strangers.recognize(socket)) admitOrDrop(socket, strangers, admit);
    else socket.destroy();
  });
  server.on('connection', (socket) => strangers.add(socket));
  // A client that fails the handshake is its own affair.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen({ host, port });
  await once(server, 'listening');
  server.on('error', (error) => {
    subWarning('no connection can be accepted for now: %s', error.message);
    strangers.dropOldest();
  });
  const { address, port: realPort } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    strangers.dropAll();
  };
  return { address: { host: address, port: realPort }, close };
}

function admitOrDrop(
  socket: TLSSocket,
  strangers: Strangers,
  admit: (connection: Connection) => void,
): void {
  let connection: Connection;
  try {
    connection = relayInPlaceOf(strangers, socket);
  } catch (error) {
    subWarning('a connection was dropped: %s', String(error));
    socket.destroy();
    return;
  }
  admit(connection);
}

const OUT_OF_DESCRIPTORS = new Set(['EMFILE', 'ENFILE']);

/** Where there are no descriptors left, strangers have to go. */
function relayInPlaceOf(strangers: Strangers, socket: TLSSocket): Connection {
  for (;;) {
    try {
      return relay(socket);
    } catch (error) {
      const isShort = OUT_OF_DESCRIPTORS.has((error as NodeJS.ErrnoException).code ?? '');
      if (!isShort || !strangers.dropOldest()) throw error;
    }
  }
}

/** Those whose TLS handshake is not done. Node bounds how long it takes, not how many there are. */
class Strangers {
  readonly #max: number;
  // By what the two ends are called, which a TLSSocket has of its socket. In the order in which they came.
  readonly #sockets = new Map<string, Socket>();

  constructor(max: number) {
    this.#max = max;
  }

  add(socket: Socket): void {
    const name = nameOf(socket);
    this.#sockets.set(name, socket);
    socket.once('close', () => {
      if (this.#sockets.get(name) === socket) this.#sockets.delete(name);
    });
    if (this.#sockets.size > this.#max) this.dropOldest();
  }

  /** It is done. @returns False: it is gone already, or had to go. */
  recognize(socket: TLSSocket): boolean {
    return this.#sockets.delete(nameOf(socket));
  }

  /** @returns Whether there was one. Its descriptor is free when this returns. */
  dropOldest(): boolean {
    const [oldest] = this.#sockets;
    if (oldest === undefined) return false;
    const [name, socket] = oldest;
    this.#sockets.delete(name);
    socket.destroy();
    return true;
  }

  dropAll(): void {
    for (const socket of [...this.#sockets.values()]) socket.destroy();
    this.#sockets.clear();
  }
}

function nameOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`;
}
