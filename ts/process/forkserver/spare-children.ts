/** Server side: the children that are forked ahead of need, and the queue of those who need one. */
import { PreparedChild } from './prepared-child.js';

/** Spares that nobody has asked for in this time are let go. */
const IDLE_MS = 5000;
/** A fork holds the server up: one that has just been given work is to start, and may end, before. */
const REFILL_DELAY_MS = 15;

interface Waiter {
  resolve(child: PreparedChild): void;
  reject(error: unknown): void;
}

/**
 * Forks one child at a time, as no more can be. How many are kept ahead follows the demand: one more each
 * time that somebody has to wait, none when nobody has asked for a while.
 */
export class SpareChildren {
  readonly #max: number;
  #target = 0;
  #ready: PreparedChild[] = [];
  readonly #waiting: Waiter[] = [];
  #isForking = false;
  #refill: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws A system error when no process can be forked. */
  take(): Promise<PreparedChild> {
    this.#watchForIdle();
    const spare = this.#takeReady();
    if (spare !== undefined) {
      this.#refillSoon();
      return Promise.resolve(spare);
    }
    this.#target = Math.min(this.#target + 1, this.#max);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#forkNext();
    });
  }

  /** A child that was taken and not used. */
  putBack(child: PreparedChild): void {
    this.#hand(child);
  }

  #takeReady(): PreparedChild | undefined {
    let found: PreparedChild | undefined;
    this.#ready = this.#ready.filter((spare) => {
      if (!spare.isAlive || spare.isDoomed) spare.release();
      // One that does not wait for work yet is as good as none.
      else if (found === undefined && spare.isUndisturbed) found = spare;
      else return true;
      return false;
    });
    return found;
  }

  #forkNext(): void {
    const isWanted = this.#waiting.length > 0 || this.#ready.length < this.#target;
    if (this.#isForking || !isWanted) return;
    this.#isForking = true;
    PreparedChild.fork(this.#waiting.length === 0)
      .then(
        (child) => this.#hand(child),
        (error) => this.#fail(error),
      )
      .finally(() => {
        this.#isForking = false;
        if (this.#waiting.length > 0) this.#forkNext();
        else this.#refillSoon();
      });
  }

  #hand(child: PreparedChild): void {
    // Whoever waits gets another.
    if (child.isDoomed) {
      child.release();
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) waiter.resolve(child);
    else if (this.#ready.length < this.#target) this.#ready.push(child);
    else child.release();
  }

  // What hinders one fork hinders the others: none waits for ever.
  #fail(error: unknown): void {
    this.#target = 0;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #refillSoon(): void {
    if (this.#ready.length >= this.#target) return;
    this.#refill ??= setTimeout(() => {
      this.#refill = undefined;
      this.#forkNext();
    }, REFILL_DELAY_MS).unref();
  }

  #watchForIdle(): void {
    if (this.#idle !== undefined) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#letGo(), IDLE_MS).unref();
  }

  #letGo(): void {
    this.#target = 0;
    for (const spare of this.#ready.splice(0)) spare.release();
  }
}
