import type { WaitOptions } from '../../transport/wait-options.js';
import { BaseProxy } from '../base-proxy.js';
import { registerProxyClass } from '../proxy-classes.js';

/**
 * An event in the server of a manager.
 * @see Python: `multiprocessing.managers.EventProxy`
 */
export class EventProxy extends BaseProxy {
  static readonly exposed: readonly string[] = ['isSet', 'set', 'clear', 'wait'];

  isSet(): Promise<boolean> {
    return this._callMethod('isSet');
  }

  /** Wakes all who wait. */
  set(): Promise<void> {
    return this._callMethod('set');
  }

  clear(): Promise<void> {
    return this._callMethod('clear');
  }

  /** Waits until it is set. @returns `false` when the timeout passed. */
  wait(options?: WaitOptions): Promise<boolean> {
    return this._callMethod('wait', options === undefined ? [] : [options]);
  }
}

registerProxyClass('EventProxy', EventProxy);
