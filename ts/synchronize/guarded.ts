/** What everything that can be acquired and released has in common. */
import { SharedHandle } from '../arena/shared-handle.js';
import { TimeoutError } from '../errors.js';
import { validateFunction } from '../validate.js';
import type { AcquireOptions } from './acquire-options.js';

/** Holds a lock until it is disposed of: `using guard = await lock.hold()`. */
export interface LockGuard extends Disposable {
  /** Gives the lock up; idempotent. */
  release(): void;
}

export abstract class Guarded extends SharedHandle {
  /** Resolves to whether it was acquired. */
  abstract acquire(options?: AcquireOptions): Promise<boolean>;
  /** Blocks the thread as `acquire` waits. */
  abstract acquireSync(options?: AcquireOptions): boolean;
  abstract release(): void;

  /**
   * Acquires it, runs the function, and releases it when what the function returns has settled.
   * @returns What the function returns.
   * @throws {TimeoutError} ERR_MP_TIMEOUT: it could not be acquired in time; what the function throws.
   * @see Python: `with lock:`
   */
  async with<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    validateFunction('fn', fn);
    requireAcquired(await this.acquire(options), this);
    try {
      return await fn();
    } finally {
      this.release();
    }
  }

  /** The same, blocking the thread; the function must not be asynchronous. */
  withSync<T>(fn: () => T, options?: AcquireOptions): T {
    validateFunction('fn', fn);
    requireAcquired(this.acquireSync(options), this);
    try {
      return fn();
    } finally {
      this.release();
    }
  }

  /**
   * Acquires it for the rest of a block: `using guard = await lock.hold()`.
   * @throws {TimeoutError} ERR_MP_TIMEOUT
   */
  async hold(options?: AcquireOptions): Promise<LockGuard> {
    requireAcquired(await this.acquire(options), this);
    return guard(this);
  }

  /** The same, blocking the thread: `using guard = lock.holdSync()`. */
  holdSync(options?: AcquireOptions): LockGuard {
    requireAcquired(this.acquireSync(options), this);
    return guard(this);
  }
}

function requireAcquired(acquired: boolean, guarded: object): void {
  if (!acquired) {
    throw new TimeoutError(`The ${guarded.constructor.name} could not be acquired in time`);
  }
}

function guard(guarded: Guarded): LockGuard {
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    guarded.release();
  };
  return { release, [Symbol.dispose]: release };
}
