import type { NumberArrayOf, NumberCode, NumberOf } from '../../sharedctypes/type-codes.js';
import { registerProxyClass } from '../proxy-classes.js';
import { DataProxy } from './data-proxy.js';

/**
 * A number in the server of a manager.
 * @see Python: `multiprocessing.managers.ValueProxy`; differs: `add`.
 */
export class ValueProxy<T extends number | bigint = number> extends DataProxy {
  static readonly exposed: readonly string[] = ['get', 'set', 'add'];

  get(): Promise<T> {
    return this._callMethod('get');
  }

  set(value: T): Promise<void> {
    return this._callMethod('set', [value]);
  }

  /** With nothing in between. @returns What it is then. */
  add(amount: T): Promise<T> {
    return this._callMethod('add', [amount]);
  }
}

/**
 * An array of numbers of one type, and of a fixed length, in the server of a manager.
 * @see Python: `multiprocessing.managers.ArrayProxy`
 */
export class ArrayProxy<C extends NumberCode = NumberCode> extends DataProxy {
  static readonly exposed: readonly string[] = ['size', 'at', 'set', 'update', 'slice'];

  length(): Promise<number> {
    return this._callMethod('size');
  }

  /** @throws RangeError ERR_OUT_OF_RANGE: there is no such place. A negative index counts from the end. */
  at(index: number): Promise<NumberOf<C>> {
    return this._callMethod('at', [index]);
  }

  /** @throws RangeError ERR_OUT_OF_RANGE */
  set(index: number, value: NumberOf<C>): Promise<void> {
    return this._callMethod('set', [index, value]);
  }

  /** Sets a number to what the function makes of it, with nothing in between; it runs in the server. */
  update(index: number, fn: (value: NumberOf<C>) => NumberOf<C>): Promise<NumberOf<C>> {
    return this._callMethod('update', [index, fn]);
  }

  slice(start?: number, end?: number): Promise<NumberArrayOf<C>> {
    return this._callMethod('slice', [start, end]);
  }

  /** A plain copy, as a typed array. */
  copy(): Promise<NumberArrayOf<C>> {
    return this._getValue();
  }
}

registerProxyClass('ValueProxy', ValueProxy);
registerProxyClass('ArrayProxy', ArrayProxy);
