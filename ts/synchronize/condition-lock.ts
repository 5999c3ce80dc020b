/** What a Condition asks of its lock, whichever kind that is. */
import { self } from '../arena/participant.js';
import { InterruptedError, InvalidStateError } from '../errors.js';
import { FOR_EVER } from '../transport/wait-options.js';
import type { Lock } from './lock.js';
import type { Mutex } from './mutex.js';
import type { Holding } from './recursion.js';
import { RLock } from './rlock.js';

export interface ConditionLock {
  /** @throws InvalidStateError */
  requireMine(): void;
  /** Lets go of it while its holder waits. @returns Gets it back, before anything else is done. */
  putBy(): TakeBack;
}

export interface TakeBack {
  wait(handle: object): Promise<void>;
  waitSync(): void;
}

export function conditionLock(lock: Lock | RLock): ConditionLock {
  return lock instanceof RLock ? recursive(lock) : plain(lock);
}

function plain(lock: Lock): ConditionLock {
  const mutex = lock.mutex();
  return {
    // Any flow of this thread may have it.
    requireMine() {
      if (mutex.holder !== self.owner) throw notAcquired();
    },
    putBy() {
      mutex.release();
      return takeBack(lock, mutex, () => {});
    },
  };
}

function recursive(lock: RLock): ConditionLock {
  const recursion = lock.recursion();
  return {
    requireMine() {
      if (!recursion.isMine) throw notAcquired();
    },
    putBy() {
      const holding: Holding = recursion.putBy();
      return takeBack(lock, recursion.mutex, () => recursion.take(holding));
    },
  };
}

function takeBack(lock: Lock | RLock, mutex: Mutex, onTaken: () => void): TakeBack {
  return {
    /** @throws ClosedError: then nobody could release it. */
    async wait(handle) {
      lock.sharedObject();
      if (mutex.tryAcquire()) onTaken();
      else await mutex.acquire(handle, FOR_EVER, onTaken);
    },
    waitSync() {
      while (!acquireInSpiteOfSignals(mutex)) {}
      onTaken();
    },
  };
}

// The caller is told of a signal when he has his lock again, which he will release.
function acquireInSpiteOfSignals(mutex: Mutex): boolean {
  try {
    return mutex.tryAcquire() || mutex.acquireSync(FOR_EVER);
  } catch (error) {
    if (error instanceof InterruptedError) return false;
    throw error;
  }
}

function notAcquired(): InvalidStateError {
  return new InvalidStateError('The lock of the Condition has to be acquired first');
}
