/** What shared values and arrays that have a lock have in common. */

import type { AcquireOptions } from '../synchronize/acquire-options.js';
import { Lock } from '../synchronize/lock.js';
import { RLock } from '../synchronize/rlock.js';
import { invalidType } from '../validate.js';

export type AnyLock = Lock | RLock;

export interface SharedOptions {
  /** `true`: a new RLock; a Lock or RLock: that; `false`: none. Default: `true`. */
  lock?: boolean | AnyLock | undefined;
}

/** @throws TypeError */
export function toLock(lock: unknown = true): AnyLock | undefined {
  if (lock === true) return new RLock();
  if (lock === false) return undefined;
  if (lock instanceof Lock || lock instanceof RLock) return lock;
  throw invalidType('lock', 'a boolean, a Lock or an RLock', lock);
}

/** Something that is used while its lock is held. */
export interface Synchronized {
  /** The lock, which may be shared with others. */
  getLock(): AnyLock;
  /** As `getLock().acquire()`. */
  acquire(options?: AcquireOptions): Promise<boolean>;
  /** As `getLock().acquireSync()`. */
  acquireSync(options?: AcquireOptions): boolean;
  /** As `getLock().release()`. */
  release(): void;
  /** As `getLock().with(fn)`. */
  with<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T>;
  /** As `getLock().withSync(fn)`. */
  withSync<T>(fn: () => T, options?: AcquireOptions): T;
}

const locks = new WeakMap<object, AnyLock>();

export function giveLock(object: object, lock: AnyLock): void {
  locks.set(object, lock);
}

export const lockOf = (object: object): AnyLock | undefined => locks.get(object);

class LockMethods implements Synchronized {
  getLock(): AnyLock {
    return lockOf(this)!;
  }

  acquire(options?: AcquireOptions): Promise<boolean> {
    return this.getLock().acquire(options);
  }

  acquireSync(options?: AcquireOptions): boolean {
    return this.getLock().acquireSync(options);
  }

  release(): void {
    this.getLock().release();
  }

  with<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    return this.getLock().with(fn, options);
  }

  withSync<T>(fn: () => T, options?: AcquireOptions): T {
    return this.getLock().withSync(fn, options);
  }
}

const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(LockMethods.prototype);

/** For prototypes of classes that extend something else. */
export const lockMethods: PropertyDescriptorMap = methods;
