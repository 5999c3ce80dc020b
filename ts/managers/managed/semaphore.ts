import { InvalidStateError } from '../../errors.js';
import { type AcquireOptions, toAcquireWait } from '../../synchronize/acquire-options.js';
import { validateInteger } from '../../validate.js';
import { WaitLine } from './wait-line.js';

/** A semaphore in the server. Nobody owns what he has acquired: it is not given back when he is killed. */
export class ManagedSemaphore {
  readonly #line = new WaitLine<boolean>();
  readonly #max: number;
  #value: number;

  constructor(value = 1, max: number = Number.POSITIVE_INFINITY) {
    this.#value = validateInteger('value', value);
    this.#max = max;
  }

  acquire(options?: AcquireOptions): boolean | Promise<boolean> {
    const wait = toAcquireWait(options);
    if (this.#value === 0) return this.#line.wait(wait, false);
    this.#value--;
    return true;
  }

  /** @throws {InvalidStateError} it was released more often than acquired, and is bounded. */
  release(): void {
    if (this.#value >= this.#max) {
      throw new InvalidStateError(
        `The semaphore was released too many times: its value is ${this.#max}`,
      );
    }
    if (this.#line.serve(true) === undefined) this.#value++;
  }

  getValue(): number {
    return this.#value;
  }
}

export class ManagedBoundedSemaphore extends ManagedSemaphore {
  constructor(value = 1) {
    super(value, value);
  }
}
