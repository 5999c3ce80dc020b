import type { WaitOptions } from '../../transport/wait-options.js';
import { BaseProxy } from '../base-proxy.js';
import { registerProxyClass } from '../proxy-classes.js';

/**
 * A barrier in the server of a manager, where its action runs. Whoever is killed while he waits breaks it.
 * @see Python: `multiprocessing.managers.BarrierProxy`
 */
export class BarrierProxy extends BaseProxy {
  static readonly exposed: readonly string[] = [
    'wait',
    'abort',
    'reset',
    'parties',
    'waiting',
    'broken',
  ];

  /**
   * Waits for all.
   * @returns How many were here before: a different number for each.
   * @throws {BrokenBarrierError} ERR_MP_BROKEN_BARRIER
   */
  wait(options?: WaitOptions): Promise<number> {
    return this._callMethod('wait', options === undefined ? [] : [options]);
  }

  /** Breaks it, for those who wait too. */
  abort(): Promise<void> {
    return this._callMethod('abort');
  }

  /** Makes it whole again; whoever waits gets a BrokenBarrierError. */
  reset(): Promise<void> {
    return this._callMethod('reset');
  }

  /** For how many it is. */
  parties(): Promise<number> {
    return this._callMethod('parties');
  }

  /** How many wait. */
  waiting(): Promise<number> {
    return this._callMethod('waiting');
  }

  broken(): Promise<boolean> {
    return this._callMethod('broken');
  }
}

registerProxyClass('BarrierProxy', BarrierProxy);
