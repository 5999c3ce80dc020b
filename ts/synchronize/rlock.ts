import { registerHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import { TimeoutError } from '../errors.js';
import { validateFunction } from '../validate.js';
import { type AcquireOptions, toAcquireWait } from './acquire-options.js';
import { enterFlow, runInFlow } from './flow.js';
import { Guarded } from './guarded.js';
import { RLOCK } from './kinds.js';
import { newHolding, Recursion } from './recursion.js';

const ACQUIRED = Promise.resolve(true);

/**
 * A lock that its holder may acquire again, and releases as often; nobody else can release it.
 *
 * The holder is a flow of asynchronous calls: the function that has acquired the lock, and all that it calls and
 * awaits from then on, in one thread of one process. Other flows of the thread wait. With `acquireSync` it is the
 * thread.
 *
 * Functions that are started together, before any of them has awaited anything, are flows of their own. `with`
 * confines the flow to the function that it runs. `acquire` cannot: whoever called the function that calls it is a
 * part of the flow, too, as long as it holds the lock, with what he starts later.
 *
 * @see Python: `multiprocessing.RLock`, whose holder is a thread; differs: timeouts in ms, `acquire` returns a
 * promise; the death of the holder, as with `Lock`.
 */
export class RLock extends Guarded {
  readonly #recursion: Recursion;

  /** @throws A system error when there is no memory. */
  constructor();
  /** @internal */
  constructor(object: SharedObject);
  constructor(object: SharedObject = SharedObject.create(RLOCK)) {
    super(object);
    this.#recursion = object.core((it) => new Recursion(it));
  }

  /** Whether the holder before was killed, while this thread holds the lock. */
  get ownerDied(): boolean {
    return this.#recursion.mutex.ownerDied;
  }

  /** Whether anybody holds it now. */
  locked(): boolean {
    this.sharedObject();
    return this.#recursion.mutex.holder !== 0;
  }

  /**
   * Acquires the lock, once more if this flow has it.
   * @param options - `timeout`: milliseconds, `undefined` waits for ever, `0` tries once; `signal`; `block`:
   * `false` tries once.
   * @returns Whether it was acquired: `false` when the timeout passed.
   * @throws The signal's reason; {ClosedError} ERR_MP_CLOSED: this was, or is meanwhile, closed.
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    const holding = newHolding(false);
    const acquiring = this.#acquire(options, holding);
    if (acquiring === undefined) return ACQUIRED;
    // Here, in the caller's own piece of code: from within the promise it would not reach him.
    enterFlow(holding.flow);
    return acquiring;
  }

  /**
   * Blocks the thread as `acquire` waits.
   * @throws As `acquire`; {InterruptedError} ERR_MP_INTERRUPTED; {InvalidStateError} ERR_MP_INVALID_STATE: another
   * flow of this thread has it, which could not go on meanwhile
   */
  acquireSync(options?: AcquireOptions): boolean {
    const wait = toAcquireWait(options);
    this.sharedObject();
    if (this.#recursion.again({ sync: true })) return true;
    const holding = newHolding(true);
    const acquired =
      this.#recursion.tryAcquire(holding.flow, true) ||
      (!wait.tryOnce && this.#recursion.acquireSync(holding, wait));
    if (acquired) enterFlow(holding.flow);
    return acquired;
  }

  /**
   * Releases the lock once.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: this flow does not hold it; {ClosedError} ERR_MP_CLOSED
   */
  release(): void {
    this.sharedObject();
    this.#recursion.release();
  }

  /** What the function does, and nothing else, is a part of the flow that holds the lock. */
  override async with<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    validateFunction('fn', fn);
    const holding = newHolding(false);
    const acquiring = this.#acquire(options, holding);
    if (acquiring === undefined) return this.#runAndRelease(fn);
    if (!(await acquiring)) throw new TimeoutError('The RLock could not be acquired in time');
    return runInFlow(holding.flow, () => this.#runAndRelease(fn));
  }

  /** @internal */
  recursion(): Recursion {
    this.sharedObject();
    return this.#recursion;
  }

  async #runAndRelease<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    try {
      return await fn();
    } finally {
      this.release();
    }
  }

  /** Undefined: this flow has it, now once more. */
  #acquire(
    options: AcquireOptions | undefined,
    holding: ReturnType<typeof newHolding>,
  ): Promise<boolean> | undefined {
    try {
      const wait = toAcquireWait(options);
      this.sharedObject();
      if (this.#recursion.again({ sync: false })) return undefined;
      if (this.#recursion.tryAcquire(holding.flow, false)) return ACQUIRED;
      return wait.tryOnce ? Promise.resolve(false) : this.#recursion.acquire(this, holding, wait);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

registerHandle<RLock, undefined>(RLock, {
  kind: RLOCK,
  describe: () => undefined,
  make: (object) => new RLock(object),
});
