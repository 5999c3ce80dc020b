import type { TlsOptions } from 'node:tls';
import { type Address, familyOf } from '../../connection/address.js';
import { type HandshakeOptions, Handshakes } from '../../connection/handshakes.js';
import { DEFAULT_BACKLOG } from '../../connection/listener.js';
import { Reception } from '../../connection/reception.js';
import { ClosedError } from '../../errors.js';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { subWarning } from '../../logging/emit.js';
import { MAX_TIMER_MS } from '../../time.js';
import type { Connection } from '../../transport/connection.js';
import { Pending } from '../../transport/pending.js';
import { FOR_EVER } from '../../transport/wait-options.js';
import { invalidType } from '../../validate.js';
import { Server, type ServerOptions } from './server.js';
import { listenByTls } from './tls-listener.js';

/** How many processes may be about to prove that they hold the key. Of more, the oldest has to go. */
const MAX_STRANGERS = 256;

/** As for connections without TLS. */
const DEFAULT_KEEP_ALIVE_MS = 60_000;

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
  const handshake: HandshakeOptions = {
    shakeHands: (connection) => server.greet(connection),
    timeoutMs: options.handshakeTimeout,
    max: MAX_STRANGERS,
  };
  const admit = (connection: Connection) => server.admit(connection);
  const listening =
    tls === undefined
      ? listenPlainly(address, handshake, admit)
      : await listenSecurely(address, { ...keepAlive(options), ...tls }, handshake, admit);
  server = new Server(listening.address, options, () => {
    listening.close();
    ended.resolve();
  });
  return { server, ended: ended.promise };
}

interface Listening {
  readonly address: Address;
  close(): void;
}

/** Ten probes, one each second, follow the delay, of which whole seconds count. */
function keepAlive({ timeout = DEFAULT_KEEP_ALIVE_MS }: ServerOptions): TlsOptions {
  return {
    keepAlive: true,
    keepAliveInitialDelay: Math.min(Math.max(timeout, 1000), MAX_TIMER_MS),
  };
}

type Admit = (connection: Connection) => void;

function listenPlainly(address: Address, handshake: HandshakeOptions, admit: Admit): Listening {
  const family = familyOf(address);
  const reception = new Reception({
    address,
    family,
    backlog: DEFAULT_BACKLOG,
    functions: true,
    handshake,
    onHandshakeError: undefined,
  });
  const unregister = registerAfterFork<Reception>(reception, (it) => it.afterFork());
  void admitAll(reception, admit);
  const close = () => {
    unregister();
    reception.close();
  };
  return { address: reception.socket.address, close };
}

async function admitAll(reception: Reception, admit: Admit): Promise<void> {
  try {
    for (;;) admit(await reception.accept(FOR_EVER));
  } catch (error) {
    if (!(error instanceof ClosedError)) throw error;
  }
}

async function listenSecurely(
  address: Address,
  tls: TlsOptions,
  handshake: HandshakeOptions,
  admit: Admit,
): Promise<Listening> {
  if (typeof address === 'string') throw invalidType('address', '{ host, port }, for TLS', address);
  const handshakes = new Handshakes(handshake, {
    admit,
    refuse: (error) => subWarning('a handshake failed: %s', String(error)),
  });
  const begin = (connection: Connection) => handshakes.begin(connection);
  const listener = await listenByTls(address, tls, handshake, begin);
  const close = () => {
    listener.close();
    handshakes.close();
  };
  return { address: listener.address, close };
}
