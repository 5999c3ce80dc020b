import { registerHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import { timeLeft } from '../time.js';
import { toWait, type Wait, type WaitOptions } from '../transport/wait-options.js';
import { invalidType, validateFunction, validateInteger } from '../validate.js';
import type { AcquireOptions } from './acquire-options.js';
import { type ConditionLock, conditionLock } from './condition-lock.js';
import { Guarded } from './guarded.js';
import { CONDITION } from './kinds.js';
import { Lock } from './lock.js';
import { Notifications } from './notifications.js';
import { RLock } from './rlock.js';

/**
 * A lock, and a queue of those who wait, without the lock, to be notified by its holder.
 *
 * @example
 * await condition.with(async () => {
 *   await condition.waitFor(() => queue.length > 0);
 * });
 *
 * @see Python: `multiprocessing.Condition`; differs: timeouts in ms, waits return promises; `notify` and `notifyAll`
 * wait for nobody, so that a waiter that is killed hinders nobody. When one was killed, later calls of `notify` may
 * wake one more than they should, until the next `notifyAll`.
 */
export class Condition extends Guarded {
  readonly #lock: Lock | RLock;
  readonly #ownsLock: boolean;
  readonly #conditionLock: ConditionLock;
  readonly #notifications: Notifications;

  /**
   * @param lock - Several conditions may share one. Default: a new RLock.
   * @throws TypeError; a system error when there is no memory.
   */
  constructor(lock?: Lock | RLock);
  /** @internal */
  constructor(lock: Lock | RLock, object: SharedObject);
  constructor(lock?: Lock | RLock, object?: SharedObject) {
    if (lock !== undefined && !(lock instanceof Lock || lock instanceof RLock)) {
      throw invalidType('lock', 'a Lock or an RLock', lock);
    }
    super(object ?? SharedObject.create(CONDITION));
    this.#ownsLock = lock === undefined;
    this.#lock = lock ?? new RLock();
    this.#conditionLock = conditionLock(this.#lock);
    this.#notifications = this.sharedObject().core((it) => new Notifications(it));
  }

  /** @internal */
  get lock(): Lock | RLock {
    return this.#lock;
  }

  /** Whether the holder of its lock before was killed, while this thread holds it. */
  get ownerDied(): boolean {
    return this.#lock.ownerDied;
  }

  /** Acquires its lock; see there. */
  acquire(options?: AcquireOptions): Promise<boolean> {
    return this.#lock.acquire(options);
  }

  /** Acquires its lock; see there. */
  acquireSync(options?: AcquireOptions): boolean {
    return this.#lock.acquireSync(options);
  }

  /** Releases its lock; see there. */
  release(): void {
    this.#lock.release();
  }

  /** Runs a function while it has the lock; see there. */
  override with<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    return this.#lock.with(fn, options);
  }

  /**
   * Lets go of the lock, however often it was acquired, and waits until it is notified; then gets the lock back, which
   * has no limit of time.
   * @param options - `timeout`: milliseconds, `undefined` waits for ever; `signal`.
   * @returns Whether it was notified: `false` when the timeout passed.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: this flow does not hold the lock; the signal's reason, when it
   * has the lock again.
   * @see Python: `Condition.wait`
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const wait = toWait(options);
    const lock = this.#lock.sharedObject();
    return this.sharedObject().during(() => lock.during(() => this.#wait(wait)));
  }

  /**
   * Blocks the thread as `wait` waits.
   * @throws As `wait`; {InterruptedError} ERR_MP_INTERRUPTED, when it has the lock again
   */
  waitSync(options?: WaitOptions): boolean {
    const wait = toWait(options);
    this.sharedObject();
    this.#conditionLock.requireMine();
    const { attempt, leave } = this.#notifications.enter();
    const lock = this.#conditionLock.putBy();
    let wasNotified = false;
    try {
      wasNotified = this.#notifications.line.waitSync(attempt, wait);
    } finally {
      lock.waitSync();
      if (!wasNotified) wasNotified = leave();
    }
    return wasNotified;
  }

  /**
   * Waits until the predicate, which is called under the lock, returns something true.
   * @returns What the predicate returned last: something false when the timeout passed.
   * @see Python: `Condition.wait_for`
   */
  async waitFor<T>(predicate: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    validateFunction('predicate', predicate);
    const wait = toWait(options);
    let result = await predicate();
    while (!result && timeLeft(wait.deadline) > 0) {
      await this.wait(rest(wait));
      result = await predicate();
    }
    return result;
  }

  /** The same, blocking the thread. */
  waitForSync<T>(predicate: () => T, options?: WaitOptions): T {
    validateFunction('predicate', predicate);
    const wait = toWait(options);
    let result = predicate();
    while (!result && timeLeft(wait.deadline) > 0) {
      this.waitSync(rest(wait));
      result = predicate();
    }
    return result;
  }

  /**
   * Wakes some of those who wait now.
   * @param count - At most so many. Default: 1.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: this flow does not hold the lock
   */
  notify(count = 1): void {
    validateInteger('count', count, { min: 1 });
    this.sharedObject();
    this.#conditionLock.requireMine();
    this.#notifications.notify(count);
  }

  /** Wakes all of those who wait now. @throws As `notify` */
  notifyAll(): void {
    this.sharedObject();
    this.#conditionLock.requireMine();
    this.#notifications.notifyAll();
  }

  async #wait(wait: Wait): Promise<boolean> {
    this.#conditionLock.requireMine();
    const { attempt, leave } = this.#notifications.enter();
    const lock = this.#conditionLock.putBy();
    let wasNotified = false;
    try {
      wasNotified = await this.#notifications.line.wait(this, attempt, wait);
    } finally {
      await lock.wait(this).finally(() => {
        if (!wasNotified) wasNotified = leave();
      });
    }
    return wasNotified;
  }

  override close(): void {
    super.close();
    if (this.#ownsLock) this.#lock.close();
  }
}

function rest({ deadline, signal }: Wait): WaitOptions {
  return { timeout: timeLeft(deadline), signal };
}

registerHandle<Condition, Lock | RLock>(Condition, {
  kind: CONDITION,
  describe: (condition) => condition.lock,
  make: (object, lock) => new Condition(lock, object),
});
