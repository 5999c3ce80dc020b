import { validateIterable } from '../../validate.js';
import { registerProxyClass } from '../proxy-classes.js';
import { DataProxy } from './data-proxy.js';

/**
 * A list in the server of a manager: an array whose methods return promises, with those of Python's list. Items are
 * copies: to change one that was got changes nothing in the list, unless it is a proxy. Functions that are given to
 * `map` and the like run in the server, and must not be asynchronous.
 * @see Python: `multiprocessing.managers.ListProxy`; differs: as arrays, `at` and `find` give `undefined` where there
 * is nothing.
 */
export class ListProxy<T = unknown> extends DataProxy {
  static readonly exposed: readonly string[] = [
    'at',
    'set',
    'update',
    'size',
    'push',
    'extend',
    'pop',
    'shift',
    'unshift',
    'insert',
    'splice',
    'slice',
    'indexOf',
    'includes',
    'remove',
    'count',
    'reverse',
    'sort',
    'fill',
    'clear',
    'map',
    'filter',
    'find',
    'findIndex',
  ];

  /** The item at the index, which counts from the end when it is negative. */
  at(index: number): Promise<T | undefined> {
    return this._callMethod('at', [index]);
  }

  /** @throws RangeError ERR_OUT_OF_RANGE: there is no such place. */
  set(index: number, value: T): Promise<void> {
    return this._callMethod('set', [index, value]);
  }

  /**
   * Sets an item to what the function makes of it, with nothing in between; the function runs in the server.
   * @returns The new value.
   */
  update(index: number, fn: (value: T) => T): Promise<T> {
    return this._callMethod('update', [index, fn]);
  }

  /** How many items there are. */
  length(): Promise<number> {
    return this._callMethod('size');
  }

  /** Appends. @returns How many there are then. */
  push(...items: T[]): Promise<number> {
    return this._callMethod('push', items);
  }

  /** Appends one. */
  append(item: T): Promise<number> {
    return this.push(item);
  }

  /** Appends all. @returns How many there are then. */
  async extend(items: Iterable<T>): Promise<number> {
    return this._callMethod('extend', [[...validateIterable('items', items)]]);
  }

  /** Takes out the last item, or that at the index. @throws RangeError ERR_OUT_OF_RANGE */
  pop(index?: number): Promise<T | undefined> {
    return this._callMethod('pop', index === undefined ? [] : [index]);
  }

  shift(): Promise<T | undefined> {
    return this._callMethod('shift');
  }

  unshift(...items: T[]): Promise<number> {
    return this._callMethod('unshift', items);
  }

  insert(index: number, value: T): Promise<void> {
    return this._callMethod('insert', [index, value]);
  }

  splice(start: number, deleteCount?: number, ...items: T[]): Promise<T[]> {
    const rest = deleteCount === undefined ? [] : [deleteCount, ...items];
    return this._callMethod('splice', [start, ...rest]);
  }

  slice(start?: number, end?: number): Promise<T[]> {
    return this._callMethod('slice', [start, end]);
  }

  /** Of a primitive; -1 when it is not there. */
  indexOf(item: T, from?: number): Promise<number> {
    return this._callMethod('indexOf', [item, from]);
  }

  includes(item: T): Promise<boolean> {
    return this._callMethod('includes', [item]);
  }

  /** Takes out the first such item. @returns Whether there was one. */
  remove(item: T): Promise<boolean> {
    return this._callMethod('remove', [item]);
  }

  /** How many such items there are. */
  count(item: T): Promise<number> {
    return this._callMethod('count', [item]);
  }

  reverse(): Promise<void> {
    return this._callMethod('reverse');
  }

  sort(compare?: (a: T, b: T) => number): Promise<void> {
    return this._callMethod('sort', compare === undefined ? [] : [compare]);
  }

  fill(value: T, start?: number, end?: number): Promise<void> {
    return this._callMethod('fill', [value, start, end]);
  }

  clear(): Promise<void> {
    return this._callMethod('clear');
  }

  map<R>(fn: (item: T, index: number) => R): Promise<R[]> {
    return this._callMethod('map', [fn]);
  }

  filter(fn: (item: T, index: number) => unknown): Promise<T[]> {
    return this._callMethod('filter', [fn]);
  }

  find(fn: (item: T, index: number) => unknown): Promise<T | undefined> {
    return this._callMethod('find', [fn]);
  }

  findIndex(fn: (item: T, index: number) => unknown): Promise<number> {
    return this._callMethod('findIndex', [fn]);
  }

  /** A plain copy. */
  copy(): Promise<T[]> {
    return this._getValue();
  }

  /** The items that are there now, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.copy();
  }
}

registerProxyClass('ListProxy', ListProxy);
