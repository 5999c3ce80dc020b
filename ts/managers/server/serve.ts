import type { TlsOptions } from 'node:tls';
import type { Address } from '../../connection/address.js';
import { Handshakes } from '../../connection/handshakes.js';
import { Listener } from '../../connection/listener.js';
import type { Connection } from '../../transport/connection.js';
import { Pending } from '../../transport/pending.js';
import { listenByTls } from '../tls.js';
import { Server, type ServerOptions } from './server.js';

/** How many processes may be about to prove that they hold the key. Of more, the oldest has to go. */
const MAX_STRANGERS = 256;

/** What is there for as long as a server takes processes in. */
export interface Serving {
  readonly server: Server;
  /** Resolves when it was shut down. */
  readonly ended: Promise<void>;
}

/** Listens, and serves whoever holds the key. @throws A system error, such as EADDRINUSE */
export async function serve(
  address: Address,
  tls: TlsOptions | undefined,
  options: ServerOptions,
): Promise<Serving> {
  const ended = new Pending<void>();
  let server: Server;
  const handshakes = new Handshakes(
    {
      shakeHands: (connection) => server.greet(connection),
      timeoutMs: options.handshakeTimeout,
      max: MAX_STRANGERS,
    },
    // Who is refused has been told.
    { admit: (connection) => server.admit(connection), refuse() {} },
  );
  const begin = (connection: Connection) => handshakes.begin(connection);
  const listening = await listen(address, tls, begin);
  server = new Server(listening.address, options, () => {
    listening.close();
    handshakes.close();
    ended.resolve();
  });
  return { server, ended: ended.promise };
}

interface Listening {
  readonly address: Address;
  close(): void;
}

async function listen(
  address: Address,
  tls: TlsOptions | undefined,
  begin: (connection: Connection) => void,
): Promise<Listening> {
  if (tls === undefined) return listenPlainly(address, begin);
  if (typeof address === 'string')
    throw new TypeError('Expected { host, port } for TLS, received a path');
  return listenByTls(address, tls, begin);
}

function listenPlainly(address: Address, begin: (connection: Connection) => void): Listening {
  const listener = new Listener(address);
  const acceptAll = async () => {
    for await (const connection of listener) begin(connection);
  };
  void acceptAll();
  return listener;
}
