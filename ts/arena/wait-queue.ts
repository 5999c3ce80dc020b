import { native } from '../native/binding.js';
import { BYTES_PER_WORD, bitOf, LOOPS, SEQUENCE, slotOf, WAITING, wordOf } from './layout.js';
import { self } from './participant.js';

/** A wait queue of an object in the arena, as this thread uses it: see native/os/wait_queue.h. */
export class WaitQueue {
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #offset: number;

  /** `index`: of the queue in `words`; `offset`: of the same in the arena. */
  constructor(words: Int32Array, index: number, offset: number) {
    this.#words = words;
    this.#index = index;
    this.#offset = offset;
  }

  /** Whether anybody waits here, in any process; or has, and was killed. */
  get isAwaited(): boolean {
    return (Atomics.load(this.#words, this.#index + WAITING) & 1) !== 0;
  }

  /** Whether this thread's event loop is to be rung. */
  get isArmed(): boolean {
    const slot = slotOf(self.owner);
    const word = Atomics.load(this.#words, this.#index + LOOPS + wordOf(slot));
    return (word & bitOf(slot)) !== 0;
  }

  /** What has changed when this thread has to look again, instead of sleeping. */
  get sequence(): number {
    return Atomics.load(this.#words, this.#index + SEQUENCE);
  }

  /**
   * From now on this thread is woken. Whoever calls it looks afterwards, before he sleeps.
   * @param set - LOOPS or THREADS.
   */
  join(set: number): void {
    const slot = slotOf(self.owner);
    Atomics.or(this.#words, this.#index + set + wordOf(slot), bitOf(slot));
    this.#announce();
  }

  leave(set: number): void {
    const slot = slotOf(self.owner);
    Atomics.and(this.#words, this.#index + set + wordOf(slot), ~bitOf(slot));
  }

  /** Blocks this thread until the sequence is another one, it is woken, a signal comes, or the time is up. */
  sleep(sequence: number, timeoutMs: number): void {
    native.futexWait(this.#offset + SEQUENCE * BYTES_PER_WORD, sequence, timeoutMs);
  }

  /** Wakes a thread and a loop, or all. Whether this thread's loop is one: it has to look for itself. */
  wake(all: boolean): boolean {
    return this.isAwaited && native.wakeWaiters(this.#offset, all);
  }

  #announce(): void {
    const word = this.#index + WAITING;
    for (;;) {
      const seen = Atomics.load(this.#words, word);
      const next = ((seen | 1) + 2) | 0;
      if (Atomics.compareExchange(this.#words, word, seen, next) === seen) return;
    }
  }
}
