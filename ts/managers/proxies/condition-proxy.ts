import type { AcquireOptions } from '../../synchronize/acquire-options.js';
import { enterFlow, type Flow, makeFlow } from '../../synchronize/flow.js';
import { deadlineAfter, timeLeft } from '../../time.js';
import type { WaitOptions } from '../../transport/wait-options.js';
import { validateFunction, validateTimeout } from '../../validate.js';
import { registerProxyClass } from '../proxy-classes.js';
import { AcquirerProxy, keyOf } from './lock-proxies.js';
import { acquireAgain, putBy, releaseOnce, take } from './recursions.js';

interface LockInfo {
  readonly object: number | undefined;
  readonly isRecursive: boolean;
}

/**
 * A condition in the server of a manager, with a Lock or RLock of the same. A process that is killed while it waits
 * hinders nobody.
 * @see Python: `multiprocessing.managers.ConditionProxy`
 */
export class ConditionProxy extends AcquirerProxy {
  static readonly exposed: readonly string[] = [
    'acquire',
    'release',
    'locked',
    'ownerDied',
    'lockInfo',
    'wait',
    'notify',
    'notifyAll',
  ];
  #info: Promise<LockInfo> | undefined;

  override acquire(options?: AcquireOptions): Promise<boolean> {
    const flow = makeFlow();
    const acquiring = this.#acquire(flow, options);
    // Here, in the caller's own piece of code: from within the promise it would not reach him.
    enterFlow(flow);
    return acquiring;
  }

  override async release(): Promise<void> {
    const key = await this.#recursiveKey();
    if (key === undefined || releaseOnce(key)) await super.release();
  }

  /** Whether anybody holds the lock now. */
  locked(): Promise<boolean> {
    return this._callMethod('locked');
  }

  /** Whether the process that held the lock before the one that has it now was killed. */
  ownerDied(): Promise<boolean> {
    return this._callMethod('ownerDied');
  }

  /**
   * Releases the lock, waits to be notified, and acquires the lock again.
   * @returns Whether it was notified: `false` when the timeout passed.
   * @throws The signal's reason, with the lock acquired again; {InvalidStateError} ERR_MP_INVALID_STATE: the lock is
   * not acquired.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const key = await this.#recursiveKey();
    const recursion = key === undefined ? undefined : putBy(key);
    try {
      return await this._callMethod('wait', options === undefined ? [] : [options]);
    } finally {
      if (recursion !== undefined) take(key!, recursion.flow, recursion.count);
    }
  }

  /**
   * Waits until the predicate, which runs in this process, returns something true.
   * @returns What it returns last; something false when the timeout passed.
   * @see Python: `ConditionProxy.wait_for`
   */
  async waitFor<T>(predicate: () => T | PromiseLike<T>, options: WaitOptions = {}): Promise<T> {
    validateFunction('predicate', predicate);
    const { timeout, ...rest } = options;
    const deadline = deadlineAfter(validateTimeout(timeout));
    for (;;) {
      const result = await predicate();
      if (result || timeLeft(deadline) === 0) return result;
      const left = Number.isFinite(deadline) ? { timeout: timeLeft(deadline) } : {};
      await this.wait({ ...rest, ...left });
    }
  }

  /** Wakes so many of those who wait. @throws {InvalidStateError} the lock is not acquired. */
  notify(count = 1): Promise<void> {
    return this._callMethod('notify', [count]);
  }

  /** Wakes all who wait. */
  notifyAll(): Promise<void> {
    return this._callMethod('notifyAll');
  }

  async #acquire(flow: Flow, options?: AcquireOptions): Promise<boolean> {
    const key = await this.#recursiveKey();
    if (key !== undefined && acquireAgain(key)) return true;
    const acquired = await super.acquire(options);
    if (acquired && key !== undefined) take(key, flow);
    return acquired;
  }

  #ask(): Promise<LockInfo> {
    return this._callMethod<LockInfo>('lockInfo').catch((error) => {
      // The next call may have more luck.
      this.#info = undefined;
      throw error;
    });
  }

  /** Of the lock; undefined when that is not recursive. */
  async #recursiveKey(): Promise<string | undefined> {
    this.#info ??= this.#ask();
    const { object, isRecursive } = await this.#info;
    return isRecursive ? keyOf(this, object) : undefined;
  }
}

registerProxyClass('ConditionProxy', ConditionProxy);
