import type { PoolOptions } from '../pool/options.js';
import type { NumberCode, NumberOf } from '../sharedctypes/type-codes.js';
import type { BarrierOptions } from '../synchronize/barrier.js';
import { BaseManager } from './base-manager.js';
import type { Entries } from './managed/dict.js';
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
 * @see Python: `multiprocessing.managers.SyncManager`
 */
export class SyncManager extends BaseManager {
  /** A dict of the entries, of another Map, or of an object's properties. */
  dict<K = string, V = unknown>(entries?: Entries<K, V>): Promise<DictProxy<K, V>> {
    return this.#make('dict', entries);
  }

  list<T = unknown>(items?: Iterable<T>): Promise<ListProxy<T>> {
    return this.#make('list', items && [...items]);
  }

  set<T = unknown>(items?: Iterable<T>): Promise<SetProxy<T>> {
    return this.#make('set', items && [...items]);
  }

  Namespace<T extends object = Record<string, unknown>>(values?: T): Promise<NamespaceProxy<T>> {
    return this.#make('Namespace', values);
  }

  Lock(): Promise<LockProxy> {
    return this.#make('Lock');
  }

  RLock(): Promise<RLockProxy> {
    return this.#make('RLock');
  }

  /** @param value - How often it can be acquired. Default: 1. */
  Semaphore(value?: number): Promise<SemaphoreProxy> {
    return this.#make('Semaphore', value);
  }

  /** @param value - How often it can be acquired; it is never more. Default: 1. */
  BoundedSemaphore(value?: number): Promise<SemaphoreProxy> {
    return this.#make('BoundedSemaphore', value);
  }

  /** @param lock - A lock of this manager. Default: an RLock of its own. */
  Condition(lock?: LockProxy): Promise<ConditionProxy> {
    return this.#make('Condition', lock);
  }

  Event(): Promise<EventProxy> {
    return this.#make('Event');
  }

  /**
   * @param parties - How many it is for.
   * @param options - `action`: runs in the server whenever all are there; `timeout`: of every `wait` without one.
   */
  Barrier(parties: number, options?: BarrierOptions): Promise<BarrierProxy> {
    return this.#make('Barrier', parties, options);
  }

  /** @param maxsize - How many items it has room for. Default: 0, any number. */
  Queue<T = unknown>(maxsize?: number): Promise<QueueProxy<T>> {
    return this.#make('Queue', maxsize);
  }

  /** The same as `Queue`. */
  JoinableQueue<T = unknown>(maxsize?: number): Promise<QueueProxy<T>> {
    return this.#make('JoinableQueue', maxsize);
  }

  /** @param code - How the number is stored, as with `Value`. */
  Value<C extends NumberCode>(code: C, value?: NumberOf<C>): Promise<ValueProxy<NumberOf<C>>> {
    return this.#make('Value', code, value);
  }

  /** @param content - Its numbers, or how many zeros. */
  Array<C extends NumberCode>(
    code: C,
    content: number | Iterable<NumberOf<C>>,
  ): Promise<ArrayProxy<C>> {
    return this.#make('Array', code, typeof content === 'number' ? content : [...content]);
  }

  /** A Pool whose workers are children of the server. The options: as `new Pool`. */
  Pool(processes?: number, options?: PoolOptions): Promise<PoolProxy> {
    return this.#make('Pool', processes, options);
  }

  #make<P>(typeid: string, ...args: unknown[]): Promise<P> {
    // Those that were not given have their defaults.
    while (args.length > 0 && args.at(-1) === undefined) args.pop();
    return this._create(typeid, args) as Promise<P>;
  }
}

for (const [typeid] of builtinTypes) {
  addType(SyncManager, { typeid, description: typeid, proxyType: undefined });
}

/**
 * Starts a server that makes what processes usually share.
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
