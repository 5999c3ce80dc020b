import { registerProxyClass } from '../proxy-classes.js';
import { DataProxy } from './data-proxy.js';

/**
 * Names with values in the server of a manager.
 * @see Python: `multiprocessing.managers.NamespaceProxy`; differs: `get` and `set`, since an assignment cannot be
 * awaited.
 */
export class NamespaceProxy<T extends object = Record<string, unknown>> extends DataProxy {
  static readonly exposed: readonly string[] = ['get', 'set', 'has', 'delete'];

  /** @throws ReferenceError: there is no such name. */
  get<K extends keyof T & string>(name: K): Promise<T[K]> {
    return this._callMethod('get', [name]);
  }

  set<K extends keyof T & string>(name: K, value: T[K]): Promise<void> {
    return this._callMethod('set', [name, value]);
  }

  has(name: keyof T & string): Promise<boolean> {
    return this._callMethod('has', [name]);
  }

  /** @returns Whether there was such a name. */
  delete(name: keyof T & string): Promise<boolean> {
    return this._callMethod('delete', [name]);
  }

  /** A plain copy. */
  copy(): Promise<T> {
    return this._getValue();
  }
}

registerProxyClass('NamespaceProxy', NamespaceProxy);
