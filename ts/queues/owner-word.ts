import { self } from '../arena/participant.js';
import { native } from '../native/binding.js';

/**
 * A lock for the few microseconds of a copy: a word that says who holds it, so that it can be taken from one
 * who was killed. Nobody sleeps on it by itself: see WaitLine for those who found it taken.
 */
export class OwnerWord {
  readonly #words: Int32Array;
  readonly #index: number;

  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  /** @param look - Whether the holder may have died. */
  take(look: boolean): boolean {
    const seen = Atomics.compareExchange(this.#words, this.#index, 0, self.owner);
    return seen === 0 || (look && this.#takeFromDead(seen));
  }

  release(): void {
    Atomics.store(this.#words, this.#index, 0);
  }

  #takeFromDead(seen: number): boolean {
    if (!native.hasOwnerDied(seen)) return false;
    if (Atomics.compareExchange(this.#words, this.#index, seen, self.owner) !== seen) return false;
    native.sweepArena();
    return true;
  }
}
