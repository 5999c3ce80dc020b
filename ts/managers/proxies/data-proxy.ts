import type { AcquireOptions } from '../../synchronize/acquire-options.js';
import { BaseProxy } from '../base-proxy.js';

/** A proxy of something that holds data. */
export abstract class DataProxy extends BaseProxy {
  /**
   * Runs a function while no other `withLock` of the same object runs, in any process. It does not hinder calls that
   * are made without. When the process is killed, the next one gets the lock.
   * @returns What the function returns.
   * @throws {TimeoutError} ERR_MP_TIMEOUT: it was not its turn in time; what the function throws.
   * @see Python: none; a managed Lock beside the object
   */
  withLock<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    return this._withLock(fn, options);
  }
}
