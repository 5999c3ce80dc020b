import { TimeoutError } from '../../errors.js';
import type { AcquireOptions } from '../../synchronize/acquire-options.js';
import { enterFlow, type Flow, makeFlow, runInFlow } from '../../synchronize/flow.js';
import { validateFunction } from '../../validate.js';
import { BaseProxy, referenceOf } from '../base-proxy.js';
import { registerProxyClass } from '../proxy-classes.js';
import { acquireAgain, releaseOnce, take } from './recursions.js';

/** Holds what was acquired until it is disposed of: `await using guard = await lock.hold()`. */
export interface ProxyGuard extends AsyncDisposable {
  /** Gives it up; idempotent. */
  release(): Promise<void>;
}

/** What can be acquired and released in a manager. */
export abstract class AcquirerProxy extends BaseProxy {
  /**
   * Acquires it.
   * @param options - `timeout`: milliseconds, `undefined` waits for ever, `0` tries once; `signal`; `block`: `false`
   * tries once.
   * @returns Whether it was acquired: `false` when the timeout passed.
   * @throws The signal's reason; as `_callMethod`
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    return this._callMethod('acquire', options === undefined ? [] : [options]);
  }

  /** @throws {InvalidStateError} ERR_MP_INVALID_STATE: it was not acquired. */
  release(): Promise<void> {
    return this._callMethod('release');
  }

  /**
   * Acquires it, runs the function, and releases it when what the function returns has settled.
   * @throws {TimeoutError} ERR_MP_TIMEOUT: it could not be acquired in time; what the function throws.
   */
  async with<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    validateFunction('fn', fn);
    await this.#requireAcquired(options);
    try {
      return await fn();
    } finally {
      await this.release();
    }
  }

  /** Acquires it for the rest of a block. @throws {TimeoutError} ERR_MP_TIMEOUT */
  async hold(options?: AcquireOptions): Promise<ProxyGuard> {
    await this.#requireAcquired(options);
    let isHeld = true;
    const release = async () => {
      if (!isHeld) return;
      isHeld = false;
      await this.release();
    };
    return { release, [Symbol.asyncDispose]: release };
  }

  async #requireAcquired(options: AcquireOptions | undefined): Promise<void> {
    if (!(await this.acquire(options))) throw late(this);
  }
}

function late(proxy: BaseProxy): TimeoutError {
  return new TimeoutError(`The ${referenceOf(proxy).typeid} could not be acquired in time`);
}

/**
 * A lock in the server of a manager. Any process may release it. When the process that has it is killed, it is
 * released, and `ownerDied` tells who gets it next; when that ends by itself, the lock stays acquired, as Python's.
 * @see Python: `multiprocessing.managers.SyncManager.Lock`; differs: the death of its holder.
 */
export class LockProxy extends AcquirerProxy {
  static readonly exposed: readonly string[] = ['acquire', 'release', 'locked', 'ownerDied'];

  /** Whether anybody holds it now. */
  locked(): Promise<boolean> {
    return this._callMethod('locked');
  }

  /** Whether the process that held it before the one that has it now was killed. */
  ownerDied(): Promise<boolean> {
    return this._callMethod('ownerDied');
  }
}

/**
 * A lock in the server of a manager that its holder may acquire again: a flow of asynchronous calls, as with
 * `RLock`.
 * @see Python: `multiprocessing.managers.SyncManager.RLock`, whose holder is a thread.
 */
export class RLockProxy extends LockProxy {
  override acquire(options?: AcquireOptions): Promise<boolean> {
    const key = keyOf(this);
    if (acquireAgain(key)) return Promise.resolve(true);
    const flow = makeFlow();
    const acquiring = this.#acquire(key, flow, options);
    // Here, in the caller's own piece of code: from within the promise it would not reach him.
    enterFlow(flow);
    return acquiring;
  }

  override async release(): Promise<void> {
    if (releaseOnce(keyOf(this))) await super.release();
  }

  /** What the function does, and nothing else, is a part of the flow that holds the lock. */
  override async with<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    validateFunction('fn', fn);
    const key = keyOf(this);
    const flow = makeFlow();
    const again = acquireAgain(key);
    if (!again && !(await this.#acquire(key, flow, options))) throw late(this);
    return again ? this.#runAndRelease(fn) : runInFlow(flow, () => this.#runAndRelease(fn));
  }

  async #acquire(key: string, flow: Flow, options?: AcquireOptions): Promise<boolean> {
    const acquired = await super.acquire(options);
    if (acquired) take(key, flow);
    return acquired;
  }

  async #runAndRelease<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    try {
      return await fn();
    } finally {
      await this.release();
    }
  }
}

/** Tells the locks that this process holds apart. */
export function keyOf(proxy: BaseProxy, object = referenceOf(proxy).object): string {
  return `${referenceOf(proxy).server}/${object}`;
}

/**
 * A semaphore in the server of a manager. What a process has acquired is not given back when it is killed.
 * @see Python: `multiprocessing.managers.SyncManager.Semaphore` and `BoundedSemaphore`
 */
export class SemaphoreProxy extends AcquirerProxy {
  static readonly exposed: readonly string[] = ['acquire', 'release', 'getValue'];

  /** How often it can be acquired now. */
  getValue(): Promise<number> {
    return this._callMethod('getValue');
  }
}

registerProxyClass('LockProxy', LockProxy);
registerProxyClass('RLockProxy', RLockProxy);
registerProxyClass('SemaphoreProxy', SemaphoreProxy);
