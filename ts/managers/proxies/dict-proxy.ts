import { type Entries, readEntries } from '../managed/entries.js';
import { registerProxyClass } from '../proxy-classes.js';
import { DataProxy } from './data-proxy.js';

/**
 * A dict in the server of a manager: a Map whose methods return promises, with those of Python's dict. Keys are
 * primitives. Values are copies: to change one that was got changes nothing in the dict, unless it is a proxy.
 *
 * @example
 * const d = await manager.dict({ hits: 0 });
 * await d.update('hits', (hits) => hits + 1);
 * @see Python: `multiprocessing.managers.DictProxy`
 */
export class DictProxy<K = unknown, V = unknown> extends DataProxy {
  static readonly exposed: readonly string[] = [
    'get',
    'set',
    'has',
    'delete',
    'clear',
    'size',
    'keys',
    'values',
    'entries',
    'pop',
    'popitem',
    'setdefault',
    'update',
  ];

  /** @returns The value; `otherwise`, by default `undefined`, when there is no such key. */
  get(key: K): Promise<V | undefined>;
  get<D>(key: K, otherwise: D): Promise<V | D>;
  get(...args: unknown[]): Promise<unknown> {
    return this._callMethod('get', args);
  }

  /** @throws TypeError ERR_INVALID_ARG_TYPE: the key is no primitive. */
  set(key: K, value: V): Promise<void> {
    return this._callMethod('set', [key, value]);
  }

  has(key: K): Promise<boolean> {
    return this._callMethod('has', [key]);
  }

  /** @returns Whether there was such a key. */
  delete(key: K): Promise<boolean> {
    return this._callMethod('delete', [key]);
  }

  clear(): Promise<void> {
    return this._callMethod('clear');
  }

  /** @see Python: `len(d)` */
  size(): Promise<number> {
    return this._callMethod('size');
  }

  keys(): Promise<K[]> {
    return this._callMethod('keys');
  }

  values(): Promise<V[]> {
    return this._callMethod('values');
  }

  /** @see Python: `d.items()` */
  entries(): Promise<[K, V][]> {
    return this._callMethod('entries');
  }

  /** Takes a key out. @returns Its value, or `otherwise`. */
  pop(key: K): Promise<V | undefined>;
  pop<D>(key: K, otherwise: D): Promise<V | D>;
  pop(...args: unknown[]): Promise<unknown> {
    return this._callMethod('pop', args);
  }

  /** Takes the newest entry out; `undefined` when there is none. */
  popitem(): Promise<[K, V] | undefined> {
    return this._callMethod('popitem');
  }

  /** Sets the key, unless it is there. @returns What its value is then. */
  setdefault(key: K, value: V): Promise<V> {
    return this._callMethod('setdefault', [key, value]);
  }

  /**
   * Sets several, or none.
   * @throws TypeError ERR_INVALID_ARG_TYPE: they are no entries, or a key is no primitive.
   */
  update(entries: Entries<K, V>): Promise<void>;
  /**
   * Sets a key to what the function makes of its value, with nothing in between: the function runs in the server, and
   * must not be asynchronous.
   * @returns The new value.
   * @throws What the function throws; TypeError: it returns a promise. Then the dict is as it was.
   * @see Python: none; `d[key] += 1` loses what others do meanwhile.
   */
  update(key: K, fn: (value: V) => V): Promise<V>;
  async update(...args: unknown[]): Promise<unknown> {
    return this._callMethod('update', args.length === 1 ? [readEntries(args[0])] : args);
  }

  /** A plain copy. */
  copy(): Promise<Map<K, V>> {
    return this._getValue();
  }

  /** The entries that are there now, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[K, V], void, undefined> {
    yield* await this.entries();
  }
}

registerProxyClass('DictProxy', DictProxy);
