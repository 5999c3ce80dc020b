import { registerHandle } from '../arena/shared-handle.js';
import type { SharedObject } from '../arena/shared-object.js';
import { BOUNDED_SEMAPHORE } from './kinds.js';
import { Semaphore } from './semaphore.js';

/**
 * A semaphore that refuses to be released more often than it was acquired: its value never exceeds the one that
 * it was made with.
 * @see Python: `multiprocessing.BoundedSemaphore`; differs: the check is exact, also between processes.
 */
export class BoundedSemaphore extends Semaphore {
  readonly #maxValue: number;

  /**
   * @param value - How many may come in, from 0 to 2147483647. Default: 1.
   * @throws TypeError, RangeError; a system error when there is no memory.
   */
  constructor(value?: number);
  /** @internal */
  constructor(value: number, object: SharedObject);
  constructor(value = 1, object?: SharedObject) {
    super(value, object ?? BOUNDED_SEMAPHORE);
    this.#maxValue = value;
  }

  /** @internal */
  override maxValue(): number {
    return this.#maxValue;
  }
}

registerHandle<BoundedSemaphore, number>(BoundedSemaphore, {
  kind: BOUNDED_SEMAPHORE,
  describe: (semaphore) => semaphore.maxValue(),
  make: (object, value) => new BoundedSemaphore(value, object),
});
