import { registerHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import { type AcquireOptions, toAcquireWait } from './acquire-options.js';
import { Guarded } from './guarded.js';
import { LOCK } from './kinds.js';
import { Mutex } from './mutex.js';

const ACQUIRED = Promise.resolve(true);

/**
 * A lock that one process, or one thread of it, or one of its flows, holds at a time. Any process may
 * release it, also one that did not acquire it; it is not recursive.
 *
 * When its holder is killed, the next `acquire` succeeds nevertheless, within a fraction of a second, and
 * `ownerDied` is true while the new holder has it: what the lock protects may be half changed. A holder that
 * ends in an orderly way leaves it locked.
 *
 * Nobody waits for ever while others take the lock again and again: whoever has waited for 20 ms is next.
 *
 * @example
 * const lock = new Lock();
 * await lock.with(() => console.log('one at a time'));
 *
 * @see Python: `multiprocessing.Lock`; differs: timeouts in ms, `acquire` returns a promise; the death of
 * the holder; it may travel in any message to a process of the same tree.
 */
export class Lock extends Guarded {
  readonly #mutex: Mutex;

  /** @throws A system error when there is no memory. */
  constructor();
  /** @internal */
  constructor(object: SharedObject);
  constructor(object: SharedObject = SharedObject.create(LOCK)) {
    super(object);
    this.#mutex = object.core((it) => new Mutex(it));
  }

  /** Whether the holder before was killed, while this thread holds the lock. */
  get ownerDied(): boolean {
    return this.#mutex.ownerDied;
  }

  /** Whether anybody holds it now. */
  locked(): boolean {
    this.sharedObject();
    return this.#mutex.holder !== 0;
  }

  /**
   * Acquires the lock.
   * @param options - `timeout`: milliseconds, `undefined` waits for ever, `0` tries once; `signal`; `block`:
   * `false` tries once.
   * @returns Whether it was acquired: `false` when the timeout passed.
   * @throws The signal's reason; {ClosedError} ERR_MP_CLOSED: this was, or is meanwhile, closed.
   * @see Python: `Lock.acquire`
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    if (options === undefined && !this.closed && this.#mutex.take()) return ACQUIRED;
    return this.#acquire(options);
  }

  /**
   * Blocks the thread as `acquire` waits.
   * @throws As `acquire`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  acquireSync(options?: AcquireOptions): boolean {
    if (options === undefined && !this.closed && this.#mutex.take()) return true;
    const wait = toAcquireWait(options);
    this.sharedObject();
    return wait.tryOnce ? this.#mutex.tryAcquire() : this.#mutex.acquireSync(wait);
  }

  /**
   * Releases the lock, whoever holds it.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: nobody does; {ClosedError} ERR_MP_CLOSED
   * @see Python: `Lock.release`
   */
  release(): void {
    this.sharedObject();
    this.#mutex.release();
  }

  /** @internal */
  mutex(): Mutex {
    this.sharedObject();
    return this.#mutex;
  }

  async #acquire(options: AcquireOptions | undefined): Promise<boolean> {
    const wait = toAcquireWait(options);
    this.sharedObject();
    return wait.tryOnce ? this.#mutex.tryAcquire() : this.#mutex.acquire(this, wait);
  }
}

registerHandle<Lock, undefined>(Lock, {
  kind: LOCK,
  describe: () => undefined,
  make: (object) => new Lock(object),
});
