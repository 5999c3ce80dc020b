/**
 * Those who have come to a Barrier. One word: how many have, what becomes of them, and the number of the
 * gathering, which is a new one when they have been let go.
 */
import { self } from '../arena/participant.js';
import type { SharedObject } from '../arena/shared-object.js';
import { type Attempt, LOOK, type WaitLine } from '../arena/wait-line.js';
import { native } from '../native/binding.js';

const WORD = 0;
/** The last gathering that was sent away by a reset, plus one. */
const SENT_AWAY = 1;
/** Who runs the action. */
const ACTOR = 2;

const ARRIVED = 0xffff;
/** All are there, and the last one runs the action. */
const ACTING = 1 << 16;
const BROKEN = 1 << 17;
const GENERATION_SHIFT = 18;

export const MAX_PARTIES = ARRIVED;

export interface Arrival {
  /** `busy`: the gathering before is complete, and its action runs; this one did not come in. */
  readonly outcome: 'waits' | 'last' | 'busy';
  readonly generation: number;
  /** As the how many-th it came. */
  readonly index: number;
}

const generationOf = (word: number) => word >>> GENERATION_SHIFT;

export class Gathering {
  readonly line: WaitLine;
  readonly #words: Int32Array;
  readonly #index: number;

  constructor(object: SharedObject) {
    this.#words = object.words;
    this.#index = object.index;
    this.line = object.line(0, { isThere: () => false, inTurn: false });
  }

  get arrived(): number {
    const word = this.#load();
    return (word & (ACTING | BROKEN)) === 0 ? word & ARRIVED : 0;
  }

  get isBroken(): boolean {
    return (this.#load() & BROKEN) !== 0;
  }

  /** One more comes. The last one is to call `letGo`, or `break`. Undefined: it is broken. */
  arrive(parties: number): Arrival | undefined {
    for (;;) {
      const word = this.#load();
      const generation = generationOf(word);
      const index = word & ARRIVED;
      if ((word & BROKEN) !== 0) return undefined;
      if ((word & ACTING) !== 0) return { outcome: 'busy', generation, index };
      const isLast = index + 1 >= parties;
      if (isLast) Atomics.store(this.#words, this.#index + ACTOR, self.owner);
      if (!this.#replace(word, (word + 1) | (isLast ? ACTING : 0))) continue;
      // Again: another may have tried to be the last, too.
      if (isLast) Atomics.store(this.#words, this.#index + ACTOR, self.owner);
      return { outcome: isLast ? 'last' : 'waits', index, generation };
    }
  }

  /** Succeeds when that gathering is over, in whatever way. */
  isOver(generation: number): Attempt {
    return (patience) => {
      const word = this.#load();
      if ((word & BROKEN) !== 0 || generationOf(word) !== generation) return true;
      return (patience & LOOK) !== 0 && (word & ACTING) !== 0 && this.#breakIfActorDied();
    };
  }

  /** Whether those of the gathering were let go, and not sent away. */
  wasLetGo(generation: number): boolean {
    const isOver = generationOf(this.#load()) !== generation;
    const sentAway = Atomics.load(this.#words, this.#index + SENT_AWAY);
    return isOver && sentAway !== generation + 1;
  }

  /** @returns Whether it was not broken meanwhile. */
  letGo(generation: number): boolean {
    const word = this.#load();
    const isSame = generationOf(word) === generation && (word & BROKEN) === 0;
    if (!isSame || !this.#replace(word, this.#next(word))) return false;
    this.line.wake(true);
    return true;
  }

  break(): void {
    Atomics.or(this.#words, this.#index + WORD, BROKEN);
    this.line.wake(true);
  }

  /** Breaks that gathering, unless it is over. @returns Whether it was not. */
  breakUnlessOver(generation: number): boolean {
    for (;;) {
      const word = this.#load();
      if ((word & BROKEN) !== 0 || generationOf(word) !== generation) return false;
      // Complete: those who wait will be let go.
      if ((word & ACTING) !== 0) return false;
      if (this.#replace(word, word | BROKEN)) break;
    }
    this.line.wake(true);
    return true;
  }

  /** Sends away who has come, and begins anew. */
  reset(): void {
    for (;;) {
      const word = this.#load();
      const isEmpty = (word & (ARRIVED | BROKEN)) === 0;
      if (!isEmpty) {
        Atomics.store(this.#words, this.#index + SENT_AWAY, generationOf(word) + 1);
      }
      if (isEmpty || this.#replace(word, this.#next(word))) break;
    }
    this.line.wake(true);
  }

  #breakIfActorDied(): boolean {
    const actor = Atomics.load(this.#words, this.#index + ACTOR);
    if (!native.hasOwnerDied(actor)) return false;
    this.break();
    return true;
  }

  /** The word of the next gathering, to which nobody has come. */
  #next(word: number): number {
    return (generationOf(word) + 1) << GENERATION_SHIFT;
  }

  #load(): number {
    return Atomics.load(this.#words, this.#index + WORD);
  }

  #replace(seen: number, next: number): boolean {
    return Atomics.compareExchange(this.#words, this.#index + WORD, seen, next | 0) === seen;
  }
}
