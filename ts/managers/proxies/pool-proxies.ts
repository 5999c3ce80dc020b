import type { CallOptions, MapOptions } from '../../pool/options.js';
import type { WaitOptions } from '../../transport/wait-options.js';
import { validateIterable } from '../../validate.js';
import { BaseProxy } from '../base-proxy.js';
import { registerProxyClass } from '../proxy-classes.js';

/**
 * What a call of a managed Pool that was not awaited comes to.
 * @see Python: `multiprocessing.managers.SyncManager`'s `AsyncResult`
 */
export class AsyncResultProxy<T = unknown> extends BaseProxy {
  static readonly exposed: readonly string[] = ['get', 'wait', 'ready', 'successful'];

  /** @throws What the call threw; {TimeoutError} ERR_MP_TIMEOUT: the result is not there yet. */
  get(options?: WaitOptions): Promise<T> {
    return this._callMethod('get', options === undefined ? [] : [options]);
  }

  /** @returns Whether the call is complete. */
  wait(options?: WaitOptions): Promise<boolean> {
    return this._callMethod('wait', options === undefined ? [] : [options]);
  }

  /** Whether the call is complete. */
  ready(): Promise<boolean> {
    return this._callMethod('ready');
  }

  /** @throws {InvalidStateError} ERR_MP_INVALID_STATE: it is not complete. */
  successful(): Promise<boolean> {
    return this._callMethod('successful');
  }
}

/**
 * An iterator in the server of a manager.
 * @see Python: `multiprocessing.managers.IteratorProxy`
 */
export class IteratorProxy<T = unknown> extends BaseProxy implements AsyncIterableIterator<T> {
  static readonly exposed: readonly string[] = ['next', 'return'];

  next(): Promise<IteratorResult<T, undefined>> {
    return this._callMethod('next');
  }

  /** Gives the rest up. */
  return(): Promise<IteratorResult<T, undefined>> {
    return this._callMethod('return');
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

type CallsOptions = Pick<CallOptions, 'timeout' | 'signal'>;
type MapsOptions = Pick<MapOptions, 'timeout' | 'signal' | 'chunksize'>;

/**
 * A Pool in the server of a manager, whose processes are its children.
 * @see Python: `multiprocessing.managers.PoolProxy`; the methods: `Pool`
 */
export class PoolProxy extends BaseProxy implements AsyncDisposable {
  static readonly exposed: readonly string[] = [
    'apply',
    'applyAsync',
    'map',
    'mapAsync',
    'starmap',
    'starmapAsync',
    'imap',
    'imapUnordered',
    'close',
    'terminate',
    'join',
  ];

  apply<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: Readonly<A>,
    options?: CallsOptions,
  ): Promise<Awaited<R>> {
    return this._callMethod('apply', [fn, args, { ...options }]);
  }

  applyAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: Readonly<A>,
    options?: CallsOptions,
  ): Promise<AsyncResultProxy<Awaited<R>>> {
    return this._callMethod('applyAsync', [fn, args, { ...options }]);
  }

  async map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options?: MapsOptions,
  ): Promise<Awaited<R>[]> {
    return this._callMethod('map', [fn, [...validateIterable('items', items)], { ...options }]);
  }

  async mapAsync<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options?: MapsOptions,
  ): Promise<AsyncResultProxy<Awaited<R>[]>> {
    return this._callMethod('mapAsync', [
      fn,
      [...validateIterable('items', items)],
      { ...options },
    ]);
  }

  async starmap<A extends unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<Readonly<A>>,
    options?: MapsOptions,
  ): Promise<Awaited<R>[]> {
    return this._callMethod('starmap', [fn, [...validateIterable('items', items)], { ...options }]);
  }

  async starmapAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<Readonly<A>>,
    options?: MapsOptions,
  ): Promise<AsyncResultProxy<Awaited<R>[]>> {
    return this._callMethod('starmapAsync', [
      fn,
      [...validateIterable('items', items)],
      { ...options },
    ]);
  }

  async imap<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options?: MapsOptions,
  ): Promise<IteratorProxy<Awaited<R>>> {
    return this._callMethod('imap', [fn, [...validateIterable('items', items)], { ...options }]);
  }

  async imapUnordered<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options?: MapsOptions,
  ): Promise<IteratorProxy<Awaited<R>>> {
    return this._callMethod('imapUnordered', [
      fn,
      [...validateIterable('items', items)],
      { ...options },
    ]);
  }

  close(): Promise<void> {
    return this._callMethod('close');
  }

  terminate(): Promise<void> {
    return this._callMethod('terminate');
  }

  join(): Promise<void> {
    return this._callMethod('join');
  }

  /** Closes and joins. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.join();
  }
}

registerProxyClass('AsyncResultProxy', AsyncResultProxy);
registerProxyClass('IteratorProxy', IteratorProxy);
registerProxyClass('PoolProxy', PoolProxy);
