import { registerHandle, SharedHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import type { WaitLine } from '../arena/wait-line.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';
import { EVENT } from './kinds.js';

/**
 * The bits of its word: whether it is set, and above that how often it was, for who waited then is woken, also when it
 * was cleared since. Of two words, one would change first: somebody could see that it is set, clear it, and wait anew,
 * only to take the other word's change for another set.
 */
const SET = 1;
const ONCE_MORE = 2;

class Flag {
  readonly line: WaitLine;
  readonly #words: Int32Array;
  readonly #index: number;

  constructor(object: SharedObject) {
    this.#words = object.words;
    this.#index = object.index;
    this.line = object.line(0, { isThere: () => false, inTurn: false });
  }

  get isSet(): boolean {
    return (this.#word & SET) !== 0;
  }

  get #word(): number {
    return Atomics.load(this.#words, this.#index);
  }

  set(): void {
    for (;;) {
      const before = this.#word;
      const after = (before + ONCE_MORE) | SET;
      if (Atomics.compareExchange(this.#words, this.#index, before, after) === before) break;
    }
    this.line.wake(true);
  }

  clear(): void {
    Atomics.and(this.#words, this.#index, ~SET);
  }

  /** Whether it is set, or was since now. */
  watch(): () => boolean {
    const before = this.#word & ~SET;
    return () => {
      const now = this.#word;
      return (now & SET) !== 0 || (now & ~SET) !== before;
    };
  }
}

/**
 * A flag that processes wait for.
 * @see Python: `multiprocessing.Event`; differs: timeouts in ms; `set` never waits for anybody; who waits
 * when it is set is woken, even if it is cleared right afterwards.
 */
export class Event extends SharedHandle {
  readonly #flag: Flag;

  /** @throws A system error when there is no memory. */
  constructor();
  /** @internal */
  constructor(object: SharedObject);
  constructor(object: SharedObject = SharedObject.create(EVENT)) {
    super(object);
    this.#flag = object.core((it) => new Flag(it));
  }

  /** @throws {ClosedError} ERR_MP_CLOSED */
  isSet(): boolean {
    this.sharedObject();
    return this.#flag.isSet;
  }

  /** Sets it, and wakes everybody who waits. @throws {ClosedError} ERR_MP_CLOSED */
  set(): void {
    this.sharedObject();
    this.#flag.set();
  }

  /** @throws {ClosedError} ERR_MP_CLOSED */
  clear(): void {
    this.sharedObject();
    this.#flag.clear();
  }

  /**
   * Waits until it is set.
   * @param options - `timeout`: milliseconds, `undefined` waits for ever, `0` only looks; `signal`.
   * @returns Whether it was: `false` when the timeout passed.
   * @throws The signal's reason; {ClosedError} ERR_MP_CLOSED: this was, or is meanwhile, closed.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const wait = toWait(options);
    this.sharedObject();
    if (this.#flag.isSet || wait.tryOnce) return this.#flag.isSet;
    return this.#flag.line.wait(this, this.#flag.watch(), wait);
  }

  /**
   * Blocks the thread as `wait` waits.
   * @throws As `wait`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  waitSync(options?: WaitOptions): boolean {
    const wait = toWait(options);
    this.sharedObject();
    if (this.#flag.isSet || wait.tryOnce) return this.#flag.isSet;
    return this.#flag.line.waitSync(this.#flag.watch(), wait);
  }
}

registerHandle<Event, undefined>(Event, {
  kind: EVENT,
  describe: () => undefined,
  make: (object) => new Event(object),
});
