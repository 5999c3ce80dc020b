import type { PoolOptions } from '../pool/options.js';
import type { NumberCode, NumberOf } from '../sharedctypes/type-codes.js';
import type { BarrierOptions } from '../synchronize/barrier.js';
import { validateIterable } from '../validate.js';
import { BaseManager } from './base-manager.js';
import { type Entries, readEntries } from './managed/entries.js';
import type { ManagerOptions } from './manager-options.js';
import type { BarrierProxy } from './proxies/barrier-proxy.js';
import type { ConditionProxy } from './proxies/condition-proxy.js';
import type { DictProxy } from './proxies/dict-proxy.js';
import type { EventProxy } from './proxies/event-proxy.js';
import type { ListProxy } from './proxies/list-proxy.js';
import type { LockProxy, RLockProxy, SemaphoreProxy } from './proxies/lock-proxies.js';
import type { NamespaceProxy } from './proxies/namespace-proxy.js';
import type { ArrayProxy, ValueProxy } from './proxies/number-proxies.js';
import type { PoolProxy } from './proxies/pool-proxies.js';
import type { QueueProxy } from './proxies/queue-proxy.js';
import type { SetProxy } from './proxies/set-proxy.js';
import { addType } from './registered.js';
import { builtinTypes } from './server/builtin-types.js';

/**
 * A manager that makes what processes usually share. `Manager()` starts one.
 *
 * Each method makes an object in the server, and resolves to a proxy of it. All of them reject as `create` does, and
 * for arguments of wrong types or values with a TypeError or RangeError.
 * @see Python: `multiprocessing.managers.SyncManager`
 */
export class SyncManager extends BaseManager {
  /**
   * A dict.
   * @param entries - Those of another Map, of an iterable of `[key, value]`, or of an object's properties. Default: none.
   * @see Python: `SyncManager.dict`
   */
  async dict<K = string, V = unknown>(entries?: Entries<K, V>): Promise<DictProxy<K, V>> {
    return this.#make('dict', readEntries(entries));
  }

  /** @param items - Default: none. @see Python: `SyncManager.list` */
  async list<T = unknown>(items?: Iterable<T>): Promise<ListProxy<T>> {
    return this.#make('list', itemsOf(items));
  }

  /** @param items - Primitives. Default: none. @see Python: `SyncManager.set` */
  async set<T = unknown>(items?: Iterable<T>): Promise<SetProxy<T>> {
    return this.#make('set', itemsOf(items));
  }

  /** @param values - By name. Default: none. @see Python: `SyncManager.Namespace` */
  Namespace<T extends object = Record<string, unknown>>(values?: T): Promise<NamespaceProxy<T>> {
    return this.#make('Namespace', values);
  }

  /** @see Python: `SyncManager.Lock` */
  Lock(): Promise<LockProxy> {
    return this.#make('Lock');
  }

  /** @see Python: `SyncManager.RLock`; differs: its holder is a flow of asynchronous calls, not a thread. */
  RLock(): Promise<RLockProxy> {
    return this.#make('RLock');
  }

  /** @param value - How often it can be acquired. Default: 1. @see Python: `SyncManager.Semaphore` */
  Semaphore(value?: number): Promise<SemaphoreProxy> {
    return this.#make('Semaphore', value);
  }

  /**
   * @param value - How often it can be acquired; it is never more. Default: 1.
   * @see Python: `SyncManager.BoundedSemaphore`
   */
  BoundedSemaphore(value?: number): Promise<SemaphoreProxy> {
    return this.#make('BoundedSemaphore', value);
  }

  /**
   * @param lock - A Lock or RLock of this manager. Default: an RLock of its own.
   * @see Python: `SyncManager.Condition`
   */
  Condition(lock?: LockProxy): Promise<ConditionProxy> {
    return this.#make('Condition', lock);
  }

  /** @see Python: `SyncManager.Event` */
  Event(): Promise<EventProxy> {
    return this.#make('Event');
  }

  /**
   * @param parties - How many it is for; at least 1.
   * @param options - `action`: runs in the server whenever all are there; `timeout`: of every `wait` without one, in ms,
   * default: none.
   * @see Python: `SyncManager.Barrier`
   */
  Barrier(parties: number, options?: BarrierOptions): Promise<BarrierProxy> {
    return this.#make('Barrier', parties, options);
  }

  /** @param maxsize - How many items it has room for. Default: 0, any number. @see Python: `SyncManager.Queue` */
  Queue<T = unknown>(maxsize?: number): Promise<QueueProxy<T>> {
    return this.#make('Queue', maxsize);
  }

  /** The same as `Queue`. @see Python: `SyncManager.JoinableQueue` */
  JoinableQueue<T = unknown>(maxsize?: number): Promise<QueueProxy<T>> {
    return this.#make('JoinableQueue', maxsize);
  }

  /**
   * A number.
   * @param code - How it is stored, as with `Value`.
   * @param value - Default: 0.
   * @see Python: `SyncManager.Value`; differs: it is a number of that type.
   */
  Value<C extends NumberCode>(code: C, value?: NumberOf<C>): Promise<ValueProxy<NumberOf<C>>> {
    return this.#make('Value', code, value);
  }

  /**
   * Numbers.
   * @param code - How each is stored, as with `Array`.
   * @param content - The numbers, or how many zeros.
   * @see Python: `SyncManager.Array`
   */
  async Array<C extends NumberCode>(
    code: C,
    content: number | Iterable<NumberOf<C>>,
  ): Promise<ArrayProxy<C>> {
    return this.#make('Array', code, typeof content === 'number' ? content : itemsOf(content));
  }

  /**
   * A Pool whose workers are children of the server. The options: as `new Pool`.
   * @see Python: `SyncManager.Pool`
   */
  Pool(processes?: number, options?: PoolOptions): Promise<PoolProxy> {
    return this.#make('Pool', processes, options);
  }

  #make<P>(typeid: string, ...args: unknown[]): Promise<P> {
    // Those that were not given have their defaults.
    while (args.length > 0 && args.at(-1) === undefined) args.pop();
    return this._create(typeid, args) as Promise<P>;
  }
}

function itemsOf<T>(items: Iterable<T> | undefined): T[] | undefined {
  return items === undefined ? undefined : [...validateIterable('items', items)];
}

for (const [typeid] of builtinTypes) {
  addType(SyncManager, { typeid, description: typeid, proxyType: undefined });
}

/**
 * Starts a server that makes what processes usually share.
 * @param options - As `new SyncManager`.
 * @returns A manager that was started, when its server serves.
 * @throws As `BaseManager.start`
 * @example
 * await using manager = await Manager();
 * const d = await manager.dict();
 * @see Python: `multiprocessing.Manager`
 */
export async function Manager(options?: ManagerOptions): Promise<SyncManager> {
  const manager = new SyncManager(options);
  await manager.start();
  return manager;
}
