/**
 * What a listener does with those who connect. While somebody waits for a connection, every one that
 * comes is taken from the system and shakes hands, many at a time; whoever has done so first is next.
 */
import { setTimeout } from 'node:timers';
import { ClosedError, TimeoutError } from '../errors.js';
import { subWarning } from '../logging/emit.js';
import { EAGAIN, EBADF, EINVAL, systemError } from '../native/system-error.js';
import { Connection } from '../transport/connection.js';
import { Pending } from '../transport/pending.js';
import type { Wait } from '../transport/wait-options.js';
import { type HandshakeOptions, Handshakes } from './handshakes.js';
import { ListeningSocket, type ListeningSocketOptions } from './listening-socket.js';

/** In one turn of the event loop: connections that are in already have their turn, however many come. */
const MAX_PER_TURN = 64;
/** How long to wait when there are no descriptors left for another connection. */
const PAUSE_MS = 50;

export interface ReceptionOptions extends ListeningSocketOptions {
  readonly functions: boolean;
  /** Undefined: whoever connects is accepted. */
  readonly handshake: HandshakeOptions | undefined;
  readonly onHandshakeError: ((error: unknown) => void) | undefined;
}

/** One who wants a connection, or only to know that there is one. */
interface Guest {
  readonly pending: Pending<Connection | true>;
  readonly takesIt: boolean;
}

export class Reception {
  readonly socket: ListeningSocket;
  readonly #handshakes: Handshakes | undefined;
  readonly #functions: boolean;
  #waiting: Guest[] = [];
  // Connections that nobody has taken yet.
  #ready: Connection[] = [];
  #pause: NodeJS.Timeout | undefined;

  constructor({ functions, handshake, onHandshakeError, ...socket }: ReceptionOptions) {
    this.#functions = functions;
    this.socket = new ListeningSocket(socket, () => this.#takeSome());
    if (handshake === undefined) return;
    this.#handshakes = new Handshakes(handshake, {
      admit: (connection) => this.#admit(connection),
      refuse: (error) => {
        subWarning('a handshake failed: %s', String(error));
        onHandshakeError?.(error);
      },
    });
  }

  /** The next connection. */
  async accept(wait: Wait): Promise<Connection> {
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    const expire = (pending: Pending<Connection | true>) =>
      pending.reject(new TimeoutError('No connection came in time'));
    return this.#wait(wait, true, expire) as Promise<Connection>;
  }

  /** Whether there is one. */
  async poll(wait: Wait): Promise<boolean> {
    if (this.#ready.length > 0) return true;
    let isThere = true;
    await this.#wait(wait, false, (pending) => {
      isThere = false;
      pending.resolve(true);
    });
    return isThere;
  }

  close(): void {
    clearTimeout(this.#pause);
    this.socket.close();
    this.#handshakes?.close();
    for (const connection of this.#ready.splice(0)) connection.close();
    this.#fail(new ClosedError('The listener was closed'));
  }

  /** In a forked child: whoever is about to be accepted, is by the parent. */
  afterFork(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.socket.afterFork();
    this.#handshakes?.close();
    for (const connection of this.#ready.splice(0)) connection.close();
    for (const { pending } of this.#waiting.splice(0)) pending.forget();
  }

  #wait(
    wait: Wait,
    takesIt: boolean,
    expire: (pending: Pending<Connection | true>) => void,
  ): Promise<Connection | true> {
    const pending = new Pending<Connection | true>();
    const guest = { pending, takesIt };
    this.#waiting.push(guest);
    const leave = () => {
      this.#waiting.splice(this.#waiting.indexOf(guest), 1);
      this.#watch();
    };
    if (wait.tryOnce) {
      this.#takeSome();
      if (pending.isSettled) return pending.promise;
      leave();
      expire(pending);
      return pending.promise;
    }
    pending
      .expireAt(wait.deadline, () => {
        leave();
        expire(pending);
      })
      .abortOn(wait.signal, (reason) => {
        leave();
        pending.reject(reason);
      });
    try {
      this.#watch();
    } catch (error) {
      leave();
      pending.reject(error);
    }
    return pending.promise;
  }

  #watch(): void {
    if (this.#waiting.length === 0 || this.#pause !== undefined) this.socket.stop();
    else this.socket.start();
  }

  #takeSome(): void {
    for (let count = 0; count < MAX_PER_TURN && this.#waiting.length > 0; count++) {
      const fd = this.socket.accept();
      if (fd < 0) {
        if (fd !== EAGAIN) this.#hindered(fd);
        break;
      }
      const connection = Connection.fromFd(fd, { functions: this.#functions });
      if (this.#handshakes === undefined) this.#admit(connection);
      else this.#handshakes.begin(connection);
    }
    this.#watch();
  }

  #admit(connection: Connection): void {
    this.#ready.push(connection);
    // Those who only want to know do not hinder those behind them.
    for (const guest of [...this.#waiting]) {
      const [next] = this.#ready;
      if (next === undefined) break;
      this.#waiting.splice(this.#waiting.indexOf(guest), 1);
      if (guest.takesIt) this.#ready.shift();
      guest.pending.resolve(guest.takesIt ? next : true);
    }
    this.#watch();
  }

  #hindered(errno: number): void {
    // Somebody else has closed the descriptor, or shut it down.
    if (errno === EBADF || errno === EINVAL) this.#fail(systemError(errno, 'accept'));
    else this.#takeABreak();
  }

  // Descriptors or memory are short. Those who want to come in wait in the system.
  #takeABreak(): void {
    subWarning('no connection can be accepted for now: there are no descriptors, or no memory');
    this.#handshakes?.dropOldest();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#watch();
    }, PAUSE_MS);
  }

  #fail(error: Error): void {
    for (const { pending } of this.#waiting.splice(0)) pending.reject(error);
  }
}
