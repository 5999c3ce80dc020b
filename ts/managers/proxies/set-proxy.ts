import { validateIterable } from '../../validate.js';
import { registerProxyClass } from '../proxy-classes.js';
import { DataProxy } from './data-proxy.js';

/**
 * A set in the server of a manager, of primitives.
 * @see Python: `multiprocessing.managers.SetProxy`
 */
export class SetProxy<T = unknown> extends DataProxy {
  static readonly exposed: readonly string[] = [
    'add',
    'has',
    'delete',
    'clear',
    'size',
    'values',
    'pop',
    'update',
  ];

  /** @throws TypeError ERR_INVALID_ARG_TYPE: the item is no primitive. */
  add(item: T): Promise<void> {
    return this._callMethod('add', [item]);
  }

  has(item: T): Promise<boolean> {
    return this._callMethod('has', [item]);
  }

  /** @returns Whether it was there. */
  delete(item: T): Promise<boolean> {
    return this._callMethod('delete', [item]);
  }

  clear(): Promise<void> {
    return this._callMethod('clear');
  }

  size(): Promise<number> {
    return this._callMethod('size');
  }

  values(): Promise<T[]> {
    return this._callMethod('values');
  }

  /** Takes any item out; `undefined` when there is none. */
  pop(): Promise<T | undefined> {
    return this._callMethod('pop');
  }

  /** Adds several. */
  async update(items: Iterable<T>): Promise<void> {
    return this._callMethod('update', [[...validateIterable('items', items)]]);
  }

  /** A plain copy. */
  copy(): Promise<Set<T>> {
    return this._getValue();
  }

  /** The items that are there now, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.values();
  }
}

registerProxyClass('SetProxy', SetProxy);
