import type { ObjectKind } from '../arena/kinds.js';
import { registerHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import { InvalidStateError } from '../errors.js';
import { validateInteger } from '../validate.js';
import { type AcquireOptions, toAcquireWait } from './acquire-options.js';
import { Counter, MAX_VALUE } from './counter.js';
import { Guarded } from './guarded.js';
import { SEMAPHORE } from './kinds.js';

const ACQUIRED = Promise.resolve(true);

/**
 * Lets a number of processes, threads or flows in at a time. Whoever releases it need not have acquired it; so
 * nobody can tell what a process that is killed had acquired, and that stays acquired.
 * @see Python: `multiprocessing.Semaphore`; differs: timeouts in ms, `acquire` returns a promise.
 */
export class Semaphore extends Guarded {
  readonly #counter: Counter;

  /**
   * @param value - How many may come in, from 0 to 2147483647. Default: 1.
   * @throws TypeError, RangeError; a system error when there is no memory.
   */
  constructor(value?: number);
  /** @internal */
  constructor(value: number | undefined, what: SharedObject | ObjectKind);
  constructor(value = 1, what: SharedObject | ObjectKind = SEMAPHORE) {
    const isNew = !(what instanceof SharedObject);
    if (isNew) validateInteger('value', value, { max: MAX_VALUE });
    super(isNew ? SharedObject.create(what) : what);
    this.#counter = this.sharedObject().core((it) => new Counter(it));
    if (isNew) this.#counter.begin(value);
  }

  /**
   * How many more may come in now.
   * @see Python: `Semaphore.get_value`
   */
  getValue(): number {
    this.sharedObject();
    return this.#counter.value;
  }

  /**
   * Waits until it may come in.
   * @param options - `timeout`: milliseconds, `undefined` waits for ever, `0` tries once; `signal`; `block`:
   * `false` tries once.
   * @returns Whether it may: `false` when the timeout passed.
   * @throws The signal's reason; {ClosedError} ERR_MP_CLOSED: this was, or is meanwhile, closed.
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    if (options === undefined && !this.closed && this.#counter.tryAcquire()) return ACQUIRED;
    return this.#acquire(options);
  }

  /**
   * Blocks the thread as `acquire` waits.
   * @throws As `acquire`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  acquireSync(options?: AcquireOptions): boolean {
    const wait = toAcquireWait(options);
    this.sharedObject();
    if (this.#counter.tryAcquire()) return true;
    return !wait.tryOnce && this.#counter.acquireSync(wait);
  }

  /**
   * Lets one more in.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: the value would be too large; {ClosedError}
   * ERR_MP_CLOSED
   */
  release(): void {
    this.sharedObject();
    if (!this.#counter.release(this.maxValue())) {
      throw new InvalidStateError(`The ${this.constructor.name} was released too many times`);
    }
  }

  /** @internal */
  maxValue(): number {
    return MAX_VALUE;
  }

  async #acquire(options: AcquireOptions | undefined): Promise<boolean> {
    const wait = toAcquireWait(options);
    this.sharedObject();
    if (this.#counter.tryAcquire()) return true;
    return !wait.tryOnce && this.#counter.acquire(this, wait);
  }
}

registerHandle<Semaphore, undefined>(Semaphore, {
  kind: SEMAPHORE,
  describe: () => undefined,
  make: (object) => new Semaphore(undefined, object),
});
