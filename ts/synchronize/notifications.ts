/**
 * Who waits for a Condition, and how many of them have been told. Whoever notifies leaves a number of grants,
 * which those may take who came before: nobody waits for the ones that are told, who may have been killed. All but
 * the taking is done under the lock of the Condition.
 */
import type { SharedObject } from '../arena/shared-object.js';
import type { Attempt, WaitLine } from '../arena/wait-line.js';
import { InvalidStateError } from '../errors.js';

/** Counts those who have begun to wait. */
const TICKETS = 0;
/** Tickets below this one have been there at the last notification. */
const LIMIT = 1;
/** How many wait, and above that, how many of them are told. */
const COUNTS = 2;
/** Counts the notifications of all. */
const EPOCH = 3;

const COUNT_BITS = 15;
const MOST = (1 << COUNT_BITS) - 1;
const GRANT = 1 << COUNT_BITS;

const waitersOf = (counts: number) => counts & MOST;
const grantsOf = (counts: number) => counts >>> COUNT_BITS;

export class Notifications {
  readonly line: WaitLine;
  readonly #words: Int32Array;
  readonly #index: number;

  constructor(object: SharedObject) {
    this.#words = object.words;
    this.#index = object.index;
    this.line = object.line(0, {
      isThere: () => grantsOf(this.#load(COUNTS)) > 0,
      inTurn: false,
    });
  }

  get waiters(): number {
    return waitersOf(this.#load(COUNTS));
  }

  /** Somebody begins to wait. @throws InvalidStateError when there are too many. */
  enter(): { attempt: Attempt; leave(): boolean } {
    if (this.waiters === MOST)
      throw new InvalidStateError(`More than ${MOST} wait for a Condition`);
    const ticket = Atomics.add(this.#words, this.#index + TICKETS, 1);
    const epoch = this.#load(EPOCH);
    this.#change((counts) => counts + 1);
    const attempt = () => this.#load(EPOCH) !== epoch || this.#takeGrant(ticket);
    const leave = () => {
      if (attempt()) return true;
      this.#change((counts) => counts - 1);
      return false;
    };
    return { attempt, leave };
  }

  notify(count: number): void {
    Atomics.store(this.#words, this.#index + LIMIT, this.#load(TICKETS));
    this.#change((counts) => {
      const waiters = waitersOf(counts);
      return waiters + GRANT * Math.min(grantsOf(counts) + count, waiters);
    });
    this.line.wake(count > 1);
  }

  notifyAll(): void {
    Atomics.add(this.#words, this.#index + EPOCH, 1);
    // Also those who were killed are not counted any more.
    Atomics.store(this.#words, this.#index + COUNTS, 0);
    this.line.wake(true);
  }

  #takeGrant(ticket: number): boolean {
    for (;;) {
      const counts = this.#load(COUNTS);
      const isEligible = ((ticket - this.#load(LIMIT)) | 0) < 0;
      if (!isEligible || grantsOf(counts) === 0) return false;
      if (this.#replace(counts, counts - GRANT - 1)) return true;
    }
  }

  #change(next: (counts: number) => number): void {
    for (;;) {
      const counts = this.#load(COUNTS);
      if (this.#replace(counts, next(counts))) return;
    }
  }

  #load(word: number): number {
    return Atomics.load(this.#words, this.#index + word);
  }

  #replace(seen: number, next: number): boolean {
    return Atomics.compareExchange(this.#words, this.#index + COUNTS, seen, next) === seen;
  }
}
