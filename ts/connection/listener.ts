/**
 * The server's side. While an `accept` waits, every connection that comes is taken from the system and
 * shakes hands, many at a time; whoever has done so first is what `accept` resolves to. Nobody who
 * connects, whatever he sends or does not send, keeps another one from being accepted.
 */
import { setTimeout } from 'node:timers';
import { ClosedError, TimeoutError } from '../errors.js';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { native } from '../native/binding.js';
import { EAGAIN, EBADF, EINVAL, systemError } from '../native/system-error.js';
import { Connection } from '../transport/connection.js';
import { Pending } from '../transport/pending.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';
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
import { type AuthKey, validateAuthKey } from './handshake.js';
import { Handshakes } from './handshakes.js';
import { ListeningSocket } from './listening-socket.js';

const DEFAULT_BACKLOG = 4096;
const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_HANDSHAKES = 256;
/** In one turn of the event loop: connections that are in already have their turn, however many come. */
const MAX_PER_TURN = 64;
/** How long to wait when there are no descriptors left for another connection. */
const PAUSE_MS = 50;

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
export class Listener implements Disposable {
  readonly #socket: ListeningSocket;
  readonly #handshakes: Handshakes | undefined;
  readonly #functions: boolean;
  // Who wants a connection; who is one that nobody has wanted yet. Not both at a time.
  #line: Pending<Connection>[] = [];
  #ready: Connection[] = [];
  #lastAccepted: InternetAddress | undefined;
  #pause: NodeJS.Timeout | undefined;
  readonly #unregister: () => void;

  /**
   * @param address - A path; an abstract name, with a NUL in front; or `{ host, port }`, where port 0
   * has the system choose one, and host `''` is every address of this machine. Names are looked up at once.
   * @throws TypeError, RangeError; a system error, such as EADDRINUSE
   * @throws {ProcessError} ERR_MP_PROCESS: the family is not available on this platform.
   */
  constructor(address?: Address, options?: ListenerOptions) {
    const given = address === undefined ? undefined : validateAddress(address);
    const { backlog, family, functions, authkey, ...handshake } = normalize(given, options);
    this.#functions = functions;
    if (authkey !== undefined) {
      const { onHandshakeError, ...limits } = handshake;
      this.#handshakes = new Handshakes(
        { authkey, ...limits },
        {
          admit: (connection) => this.#admit(connection),
          refuse: (error) => onHandshakeError?.(error),
        },
      );
    }
    this.#socket = new ListeningSocket({ address: given, family, backlog }, () => this.#takeSome());
    this.#unregister = registerAfterFork<Listener>(this, (listener) => listener.#afterFork());
  }

  /**
   * Where it listens, for `Client`: of an internet address, the number and the real port. Also after `close()`.
   * @see Python: `Listener.address`
   */
  get address(): Address {
    return this.#socket.address;
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
    return this.#socket.isClosed;
  }

  /**
   * The descriptor of the socket, which is readable when connections wait to be accepted.
   * @throws {ClosedError} ERR_MP_CLOSED
   */
  fileno(): number {
    this.#requireOpen();
    return this.#socket.fd;
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
    const ready = this.#ready.shift();
    if (ready !== undefined) return this.#deliver(ready);
    const pending = new Pending<Connection>();
    this.#line.push(pending);
    const giveUp = (error: unknown) => {
      this.#line.splice(this.#line.indexOf(pending), 1);
      this.#watch();
      pending.reject(error);
    };
    const expire = () => giveUp(new TimeoutError('No connection came in time'));
    if (wait.tryOnce) {
      this.#takeSome();
      if (!pending.isSettled) expire();
    } else {
      pending.expireAt(wait.deadline, expire).abortOn(wait.signal, giveUp);
    }
    this.#watch();
    return pending.promise;
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
    clearTimeout(this.#pause);
    this.#socket.close();
    this.#handshakes?.close();
    for (const connection of this.#ready.splice(0)) connection.close();
    const error = new ClosedError('The listener was closed');
    for (const pending of this.#line.splice(0)) pending.reject(error);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #requireOpen(): void {
    if (this.closed) throw new ClosedError('The listener is closed');
  }

  #watch(): void {
    if (this.#line.length === 0 || this.#pause !== undefined) this.#socket.stop();
    else this.#socket.start();
  }

  #takeSome(): void {
    for (let count = 0; count < MAX_PER_TURN && this.#line.length > 0; count++) {
      const fd = this.#socket.accept();
      if (fd < 0) {
        if (fd !== EAGAIN) this.#hindered(fd);
        break;
      }
      this.#begin(Connection.fromFd(fd, { functions: this.#functions }));
    }
    this.#watch();
  }

  #begin(connection: Connection): void {
    if (this.#handshakes === undefined) this.#admit(connection);
    else this.#handshakes.begin(connection);
  }

  #admit(connection: Connection): void {
    const pending = this.#line.shift();
    if (pending === undefined) this.#ready.push(connection);
    else pending.resolve(this.#deliver(connection));
    this.#watch();
  }

  #deliver(connection: Connection): Connection {
    this.#lastAccepted = peerOf(connection);
    return connection;
  }

  #hindered(errno: number): void {
    if (errno === EBADF || errno === EINVAL) {
      // Somebody else has closed the descriptor, or shut it down.
      for (const pending of this.#line.splice(0)) pending.reject(systemError(errno, 'accept'));
      return;
    }
    // Descriptors or memory are short. Those who want to come in wait in the system.
    this.#handshakes?.dropOldest();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#watch();
    }, PAUSE_MS);
  }

  // Whoever is about to be accepted, is by the parent.
  #afterFork(): void {
    this.#socket.afterFork();
    this.#handshakes?.close();
    for (const connection of this.#ready.splice(0)) connection.close();
    for (const pending of this.#line.splice(0)) pending.forget();
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }
}

function normalize(address: Address | undefined, options: ListenerOptions | undefined) {
  const given = validateOptions(options);
  const { backlog = DEFAULT_BACKLOG, functions = true, authkey, onHandshakeError } = given;
  const { maxHandshakes = DEFAULT_MAX_HANDSHAKES } = given;
  if (onHandshakeError !== undefined) validateFunction('onHandshakeError', onHandshakeError);
  return {
    family: validateFamily(given.family, address) ?? 'AF_UNIX',
    backlog: validateInteger('backlog', backlog, { max: 0x7fffffff }),
    functions: validateBoolean('functions', functions),
    authkey: authkey === undefined ? undefined : validateAuthKey(authkey),
    timeoutMs:
      'handshakeTimeout' in given
        ? validateTimeout(given.handshakeTimeout, 'handshakeTimeout')
        : DEFAULT_HANDSHAKE_TIMEOUT_MS,
    max: validateInteger('maxHandshakes', maxHandshakes, { min: 1 }),
    onHandshakeError,
  };
}

function peerOf(connection: Connection): InternetAddress | undefined {
  try {
    return native.addressOf(connection.fileno(), true) ?? undefined;
  } catch {
    // Gone already.
    return undefined;
  }
}
