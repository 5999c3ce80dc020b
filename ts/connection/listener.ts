import { ClosedError } from '../errors.js';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { native } from '../native/binding.js';
import type { Connection } from '../transport/connection.js';
import { readiness, type Waitable } from '../transport/readiness.js';
import { toWait, type Wait, type WaitOptions } from '../transport/wait-options.js';
import {
  validateBoolean,
  validateFunction,
  validateInteger,
  validateOptions,
  validateTimeout,
} from '../validate.js';
import {
  type Address,
  type Family,
  type InternetAddress,
  validateAddress,
  validateFamily,
} from './address.js';
import { type AuthKey, answerChallenge, deliverChallenge, validateAuthKey } from './handshake.js';
import { Reception, type ReceptionOptions } from './reception.js';

export const DEFAULT_BACKLOG = 4096;
const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_HANDSHAKES = 256;

/** Whom a Listener takes, and how. */
export interface ListenerOptions {
  /** Default: that of the address; `'AF_UNIX'` without one. */
  family?: Family | undefined;
  /**
   * How many connections may wait to be accepted, as far as the system allows. Default: 4096, so that
   * a crowd is not turned away; Python's is 1.
   */
  backlog?: number | undefined;
  /** The other side has to hold the same. Default: none, and whoever can connect is accepted. */
  authkey?: AuthKey | undefined;
  /** Milliseconds that a handshake may take; `undefined` for any time. Default: 10000. */
  handshakeTimeout?: number | undefined;
  /** How many shake hands at a time; of more, the oldest is dropped. Default: 256. */
  maxHandshakes?: number | undefined;
  /**
   * Whether functions, classes and instances of classes may come through the connections. To receive
   * one is to run its code: only `false` makes a connection fit for a peer that is not trusted. Default: true.
   */
  functions?: boolean | undefined;
  /** Told of each connection that was closed since its handshake failed; `accept` is not. */
  onHandshakeError?: ((error: unknown) => void) | undefined;
}

/**
 * Takes connections of other processes, of this machine or others, also Python's.
 *
 * An open listener keeps the process running only while `accept` waits. Without an address it has a
 * path of its own, in a directory that only this user can enter, which goes with the listener.
 *
 * A connection whose handshake fails is closed, and `accept` waits for the next one: a loop over
 * `accept`, or over the listener, ends by `close()` alone.
 * @example
 * const listener = new connection.Listener({ host: '127.0.0.1', port: 6000 }, { authkey: 'secret' });
 * for await (const client of listener) {
 *   await client.send(`hello ${await client.recv()}`);
 *   client.close();
 * }
 * @see Python: `multiprocessing.connection.Listener`; differs: handshakes run at the same time, have a
 * timeout, and are no errors of `accept`; IPv6 addresses are found to be such; timeouts in ms.
 */
export class Listener implements Disposable, Waitable {
  readonly #reception: Reception;
  readonly #unregister: () => void;
  #lastAccepted: InternetAddress | undefined;

  /**
   * @param address - A path; an abstract name, with a NUL in front; or `{ host, port }`, where port 0
   * has the system choose one, and host `''` is every address of this machine. Names are looked up at once.
   * @throws TypeError, RangeError; a system error, such as EADDRINUSE
   * @throws {ProcessError} ERR_MP_PROCESS: the family is not available on this platform.
   */
  constructor(address?: Address, options?: ListenerOptions) {
    const given = address === undefined ? undefined : validateAddress(address);
    this.#reception = new Reception(normalize(given, options));
    this.#unregister = registerAfterFork<Listener>(this, (it) => it.#reception.afterFork());
  }

  /**
   * Where it listens, for `Client`: of an internet address, the number and the real port. Also after `close()`.
   * @see Python: `Listener.address`
   */
  get address(): Address {
    return this.#reception.socket.address;
  }

  /**
   * Where the connection that was accepted last comes from; `undefined` when that is a process of this
   * machine over AF_UNIX.
   * @see Python: `Listener.last_accepted`
   */
  get lastAccepted(): InternetAddress | undefined {
    return this.#lastAccepted;
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#reception.socket.isClosed;
  }

  /**
   * The descriptor of the socket, which is readable when connections wait to be accepted.
   * @throws {ClosedError} ERR_MP_CLOSED
   */
  fileno(): number {
    this.#requireOpen();
    return this.#reception.socket.fd;
  }

  /**
   * The next connection, with the handshake done. Several calls are served one after the other.
   * @throws {TimeoutError} ERR_MP_TIMEOUT; a handshake that has begun goes on, for the next call.
   * @throws {ClosedError} ERR_MP_CLOSED
   * @see Python: `Listener.accept`
   */
  async accept(options?: WaitOptions): Promise<Connection> {
    const wait = toWait(options);
    this.#requireOpen();
    const connection = await this.#reception.accept(wait);
    this.#lastAccepted = peerOf(connection);
    return connection;
  }

  /** Connections, one after the other, until the listener is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Connection, void, undefined> {
    while (!this.closed) {
      try {
        yield await this.accept();
      } catch (error) {
        if (!(error instanceof ClosedError)) throw error;
      }
    }
  }

  /**
   * Nobody can connect any more, and the path is gone. Connections that were accepted stay open; an
   * `accept` that waits fails with ClosedError. Idempotent.
   */
  close(): void {
    if (this.closed) return;
    this.#unregister();
    this.#reception.close();
  }

  /** @internal */
  [readiness](wait: Wait): Promise<boolean> {
    this.#requireOpen();
    return this.#reception.poll(wait);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #requireOpen(): void {
    if (this.closed) throw new ClosedError('The listener is closed');
  }
}

function normalize(
  address: Address | undefined,
  options: ListenerOptions | undefined,
): ReceptionOptions {
  const given = validateOptions(options);
  const { backlog = DEFAULT_BACKLOG, functions = true, onHandshakeError } = given;
  if (onHandshakeError !== undefined) validateFunction('onHandshakeError', onHandshakeError);
  return {
    address,
    family: validateFamily(given.family, address) ?? 'AF_UNIX',
    backlog: validateInteger('backlog', backlog, { max: 0x7fffffff }),
    functions: validateBoolean('functions', functions),
    handshake: normalizeHandshake(given),
    onHandshakeError,
  };
}

function normalizeHandshake(options: ListenerOptions): ReceptionOptions['handshake'] {
  const { authkey, maxHandshakes = DEFAULT_MAX_HANDSHAKES, handshakeTimeout } = options;
  const max = validateInteger('maxHandshakes', maxHandshakes, { min: 1 });
  const givenMs = validateTimeout(handshakeTimeout, 'handshakeTimeout');
  const timeoutMs = 'handshakeTimeout' in options ? givenMs : DEFAULT_HANDSHAKE_TIMEOUT_MS;
  if (authkey === undefined) return undefined;
  const key = validateAuthKey(authkey);
  return { shakeHands: (connection) => challengeEachOther(connection, key), timeoutMs, max };
}

async function challengeEachOther(connection: Connection, authkey: Uint8Array): Promise<void> {
  await deliverChallenge(connection, authkey);
  await answerChallenge(connection, authkey);
}

function peerOf(connection: Connection): InternetAddress | undefined {
  try {
    return native.addressOf(connection.fileno(), true) ?? undefined;
  } catch {
    // Gone already.
    return undefined;
  }
}
