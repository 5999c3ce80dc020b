/** One word that says how many more may come in, and its queue. */

import type { SharedObject } from '../arena/shared-object.js';
import { OVERDUE, WAITED, type WaitLine } from '../arena/wait-line.js';
import type { Wait } from '../transport/wait-options.js';
import { sharedClock } from './shared-clock.js';

/** The sign: it is kept for those who have waited long; whoever comes only now waits, too. */
const RESERVED = 1 << 31;
const VALUE = 0x7fffffff;
const RESERVED_MS = 50;

export const MAX_VALUE = VALUE;

export class Counter {
  readonly #words: Int32Array;
  readonly #word: number;
  /** Until when it is reserved. */
  readonly #until: number;
  readonly #line: WaitLine;
  readonly #attempt = (patience: number) => this.#tryAs(patience);

  constructor(object: SharedObject) {
    this.#words = object.words;
    this.#word = object.index;
    this.#until = object.index + 1;
    this.#line = object.line(0, {
      isThere: () => this.value > 0,
      onLeave: () => this.#endReservation(),
      inTurn: true,
    });
  }

  get value(): number {
    return Atomics.load(this.#words, this.#word) & VALUE;
  }

  /** Before anybody else knows it. */
  begin(value: number): void {
    Atomics.store(this.#words, this.#word, value);
  }

  tryAcquire(): boolean {
    return this.#tryAs(0);
  }

  acquire(handle: object, wait: Wait): Promise<boolean> {
    return this.#line.wait(handle, this.#attempt, wait);
  }

  acquireSync(wait: Wait): boolean {
    return this.#line.waitSync(this.#attempt, wait);
  }

  /** @returns Whether it was below `max`, and is one more now. */
  release(max: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#word);
      if ((seen & VALUE) >= max) return false;
      if (seen < 0) Atomics.store(this.#words, this.#until, (sharedClock() + RESERVED_MS) | 0);
      if (this.#replace(seen, seen + 1)) break;
    }
    if (this.#line.isAwaited) this.#line.wake(false);
    return true;
  }

  #tryAs(patience: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#word);
      if ((seen & VALUE) === 0) {
        const reserves = (patience & OVERDUE) !== 0 && seen === 0;
        if (!reserves || this.#replace(seen, RESERVED)) return false;
      } else {
        if (seen < 0 && !this.#mayTakeReserved(patience)) return false;
        if (this.#replace(seen, (seen & VALUE) - 1)) return true;
      }
    }
  }

  #mayTakeReserved(patience: number): boolean {
    if ((patience & WAITED) !== 0) return true;
    return ((sharedClock() - Atomics.load(this.#words, this.#until)) | 0) > 0;
  }

  // Others that it is to be reserved for say so again.
  #endReservation(): void {
    if (Atomics.load(this.#words, this.#word) < 0) {
      Atomics.and(this.#words, this.#word, VALUE);
    }
  }

  #replace(seen: number, next: number): boolean {
    return Atomics.compareExchange(this.#words, this.#word, seen, next) === seen;
  }
}
