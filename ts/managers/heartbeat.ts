import type { Address } from '../connection/address.js';
import { TimeoutError } from '../errors.js';
import { MAX_TIMER_MS } from '../time.js';

/** How many times a server is asked before it counts as gone. */
const ATTEMPTS = 3;

interface Doctor {
  /** Otherwise a connection is being made, which has a limit of its own. */
  isConnected(): boolean;
  ping(): void;
  lost(error: Error): void;
}

/**
 * Notices that a server on another machine is gone without a word, as when a cable is cut, while calls wait for it.
 * How long a call takes does not matter: the server answers a ping meanwhile.
 */
export class Heartbeat {
  readonly #timeout: number | undefined;
  readonly #doctor: Doctor;
  #timer: NodeJS.Timeout | undefined;
  #silentTimes = 0;

  constructor(
    { address, timeout }: { readonly address: Address; readonly timeout: number | undefined },
    doctor: Doctor,
  ) {
    // The system tells of the end of a process on this machine.
    this.#timeout = typeof address === 'string' ? undefined : timeout;
    this.#doctor = doctor;
  }

  /** A call is under way. */
  start(): void {
    if (this.#timeout === undefined || this.#timer !== undefined) return;
    this.#silentTimes = 0;
    const interval = Math.min(this.#timeout / ATTEMPTS, MAX_TIMER_MS);
    this.#timer = setInterval(() => this.#beat(this.#timeout!), interval);
  }

  heard(): void {
    this.#silentTimes = 0;
  }

  /** None is any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(timeout: number): void {
    if (!this.#doctor.isConnected()) return;
    this.#silentTimes++;
    if (this.#silentTimes <= ATTEMPTS) {
      this.#doctor.ping();
      return;
    }
    this.stop();
    this.#doctor.lost(
      new TimeoutError(`The server of the manager has not answered for ${timeout} ms`),
    );
  }
}
