/**
 * One word that says who holds a lock, and its queue. The word is 0 when the lock is free, and else the
 * owner id of its holder, so that waiters can see when the holder was killed. With RESERVED it is kept for
 * those who have waited long: whoever comes only now waits, too.
 */
import { LOOK, OVERDUE, WAITED, type WaitLine } from '../arena/wait-line.js';
import { self } from '../arena/participant.js';
import type { SharedObject } from '../arena/shared-object.js';
import { InvalidStateError } from '../errors.js';
import { native } from '../native/binding.js';
import type { Wait } from '../transport/wait-options.js';

const RESERVED = 1 << 31;
const OWNER = 0x3fffffff;

export class Mutex {
  /** The holder before was killed while it held the lock; until this thread gives it up. */
  ownerDied = false;
  readonly #words: Int32Array;
  readonly #word: number;
  readonly #line: WaitLine;
  readonly #attempt = (patience: number) => this.#tryAs(patience);

  constructor(object: SharedObject, queue = 0, word = 0) {
    this.#words = object.words;
    this.#word = object.index + word;
    this.#line = object.line(queue, { isThere: () => this.#isFree(), inTurn: true });
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
    if (this.take() || this.#tryAs(LOOK)) return true;
    return this.#isReservedForNobody() && this.#tryAs(WAITED);
  }

  acquire(handle: object, wait: Wait): Promise<boolean> {
    return this.#line.wait(handle, this.#attempt, wait);
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
      if (this.#replace(seen, seen & RESERVED)) return;
    }
  }

  #tryAs(patience: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#word);
      if (seen === 0 || (seen === RESERVED && (patience & WAITED) !== 0)) {
        if (this.#replace(seen, self.owner)) return true;
      } else {
        if ((seen & OWNER) !== 0 && (patience & LOOK) !== 0) return this.#takeFromDead(seen);
        if (seen < 0 || (patience & OVERDUE) === 0 || this.#replace(seen, seen | RESERVED)) return false;
      }
    }
  }

  #takeFromDead(seen: number): boolean {
    if (!native.hasOwnerDied(seen & OWNER) || !this.#replace(seen, self.owner)) return false;
    this.ownerDied = true;
    native.sweepArena();
    return true;
  }

  // Whoever it was reserved for has gone, or was killed.
  #isReservedForNobody(): boolean {
    if (Atomics.load(this.#words, this.#word) !== RESERVED) return false;
    native.sweepArena();
    this.#line.wake(false);
    return !this.#line.isAwaited;
  }

  #isFree(): boolean {
    return (Atomics.load(this.#words, this.#word) & OWNER) === 0;
  }

  #replace(seen: number, next: number): boolean {
    return Atomics.compareExchange(this.#words, this.#word, seen, next) === seen;
  }
}
