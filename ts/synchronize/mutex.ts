/**
 * One word that says who holds a lock, and its queue. The word is 0 when the lock is free, and else the
 * owner id of its holder, so that waiters can see when the holder was killed. With RESERVED it is kept for
 * those who have waited long: whoever comes only now waits, too. That lapses a moment after it was released:
 * they may have died.
 */

import { self } from '../arena/participant.js';
import type { SharedObject } from '../arena/shared-object.js';
import { LOOK, OVERDUE, WAITED, type WaitLine } from '../arena/wait-line.js';
import { InvalidStateError } from '../errors.js';
import { native } from '../native/binding.js';
import type { Wait } from '../transport/wait-options.js';
import { sharedClock } from './shared-clock.js';

const RESERVED = 1 << 31;
const OWNER = 0x3fffffff;
const RESERVED_MS = 50;

export class Mutex {
  /** The holder before was killed while it held the lock; until this thread gives it up. */
  ownerDied = false;
  readonly #words: Int32Array;
  readonly #word: number;
  /** Until when it is reserved, once it is free. */
  readonly #until: number;
  readonly #line: WaitLine;
  readonly #attempt = (patience: number) => this.#tryAs(patience);

  constructor(object: SharedObject) {
    this.#words = object.words;
    this.#word = object.index;
    this.#until = object.index + 1;
    this.#line = object.line(0, {
      isThere: () => this.#isFree(),
      onLeave: () => this.#endReservation(),
      inTurn: true,
    });
  }

  /** The owner id of the holder; 0 when it is free. */
  get holder(): number {
    return Atomics.load(this.#words, this.#word) & OWNER;
  }

  /** Takes it when it is free, and not reserved. */
  take(): boolean {
    return Atomics.compareExchange(this.#words, this.#word, 0, self.owner) === 0;
  }

  /** Takes it when nothing living stands in the way. */
  tryAcquire(): boolean {
    return this.take() || this.#tryAs(LOOK);
  }

  /** `onTaken`: called at once when it is acquired, before anybody else runs. */
  acquire(handle: object, wait: Wait, onTaken?: () => void): Promise<boolean> {
    if (onTaken === undefined) return this.#line.wait(handle, this.#attempt, wait);
    const attempt = (patience: number) => {
      const taken = this.#tryAs(patience);
      if (taken) onTaken();
      return taken;
    };
    return this.#line.wait(handle, attempt, wait);
  }

  acquireSync(wait: Wait): boolean {
    return this.#line.waitSync(this.#attempt, wait);
  }

  /** @throws InvalidStateError when it is free. */
  release(): void {
    this.ownerDied = false;
    if (Atomics.compareExchange(this.#words, this.#word, self.owner, 0) !== self.owner) {
      this.#releaseForeign();
    }
    if (this.#line.isAwaited) this.#line.wake(false);
  }

  // It is reserved, or somebody else's.
  #releaseForeign(): void {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#word);
      if ((seen & OWNER) === 0) throw new InvalidStateError('The lock was released too many times');
      if (seen < 0) Atomics.store(this.#words, this.#until, (sharedClock() + RESERVED_MS) | 0);
      if (this.#replace(seen, seen & RESERVED)) return;
    }
  }

  #tryAs(patience: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#word);
      if (seen === 0 || (seen === RESERVED && this.#mayTakeReserved(patience))) {
        if (this.#replace(seen, self.owner)) return true;
      } else {
        if ((patience & LOOK) !== 0 && this.#takeFromDead(seen)) return true;
        if (seen < 0 || (patience & OVERDUE) === 0 || this.#replace(seen, seen | RESERVED))
          return false;
      }
    }
  }

  #takeFromDead(seen: number): boolean {
    const owner = seen & OWNER;
    if (owner === 0 || !native.hasOwnerDied(owner) || !this.#replace(seen, self.owner))
      return false;
    this.ownerDied = true;
    native.sweepArena();
    return true;
  }

  #mayTakeReserved(patience: number): boolean {
    if ((patience & WAITED) !== 0) return true;
    const until = Atomics.load(this.#words, this.#until);
    return ((sharedClock() - until) | 0) > 0;
  }

  // Others that it is to be reserved for say so again.
  #endReservation(): void {
    if (Atomics.load(this.#words, this.#word) < 0) {
      Atomics.and(this.#words, this.#word, ~RESERVED);
    }
  }

  #isFree(): boolean {
    return (Atomics.load(this.#words, this.#word) & OWNER) === 0;
  }

  #replace(seen: number, next: number): boolean {
    return Atomics.compareExchange(this.#words, this.#word, seen, next) === seen;
  }
}
