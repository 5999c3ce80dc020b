/** The types that every server has. */
import { Pool } from '../../pool/pool.js';
import type { ProxyClass } from '../base-proxy.js';
import { ManagedBarrier } from '../managed/barrier.js';
import { ManagedCondition } from '../managed/condition.js';
import { ManagedDict } from '../managed/dict.js';
import { ManagedEvent } from '../managed/event.js';
import { ManagedList } from '../managed/list.js';
import { ManagedLock, ManagedRLock } from '../managed/lock.js';
import { ManagedNamespace } from '../managed/namespace.js';
import { ManagedArray, ManagedValue } from '../managed/numbers.js';
import { ManagedQueue } from '../managed/queue.js';
import { SharedListOwner, SharedMemoryOwner } from '../managed/segments.js';
import { ManagedBoundedSemaphore, ManagedSemaphore } from '../managed/semaphore.js';
import { ManagedSet } from '../managed/set.js';
import { BarrierProxy } from '../proxies/barrier-proxy.js';
import { ConditionProxy } from '../proxies/condition-proxy.js';
import { DictProxy } from '../proxies/dict-proxy.js';
import { EventProxy } from '../proxies/event-proxy.js';
import { ListProxy } from '../proxies/list-proxy.js';
import { LockProxy, RLockProxy, SemaphoreProxy } from '../proxies/lock-proxies.js';
import { NamespaceProxy } from '../proxies/namespace-proxy.js';
import { ArrayProxy, ValueProxy } from '../proxies/number-proxies.js';
import { AsyncResultProxy, IteratorProxy, PoolProxy } from '../proxies/pool-proxies.js';
import { QueueProxy } from '../proxies/queue-proxy.js';
import { SegmentProxy } from '../proxies/segment-proxy.js';
import { SetProxy } from '../proxies/set-proxy.js';
import { nameOfProxyClass } from '../proxy-classes.js';
import type { Callable, DescribedType } from '../registration.js';

export const builtinTypes: ReadonlyMap<string, DescribedType> = new Map(
  [
    type('dict', ManagedDict, DictProxy),
    type('list', ManagedList, ListProxy),
    type('set', ManagedSet, SetProxy),
    type('Namespace', ManagedNamespace, NamespaceProxy),
    type('Lock', ManagedLock, LockProxy),
    type('RLock', ManagedRLock, RLockProxy),
    type('Semaphore', ManagedSemaphore, SemaphoreProxy),
    type('BoundedSemaphore', ManagedBoundedSemaphore, SemaphoreProxy),
    type('Condition', ManagedCondition, ConditionProxy),
    type('Event', ManagedEvent, EventProxy),
    type('Barrier', ManagedBarrier, BarrierProxy),
    type('Queue', ManagedQueue, QueueProxy),
    type('JoinableQueue', ManagedQueue, QueueProxy),
    type('Value', ManagedValue, ValueProxy),
    type('Array', ManagedArray, ArrayProxy),
    type('Pool', Pool, PoolProxy, {
      applyAsync: 'AsyncResult',
      mapAsync: 'AsyncResult',
      starmapAsync: 'AsyncResult',
      imap: 'Iterator',
      imapUnordered: 'Iterator',
    }),
    type('AsyncResult', undefined, AsyncResultProxy),
    type('Iterator', undefined, IteratorProxy),
    type('SharedMemory', SharedMemoryOwner, SegmentProxy),
    type('ShareableList', SharedListOwner, SegmentProxy),
  ].map((it) => [it.typeid, it]),
);

function type(
  typeid: string,
  callable: Callable | undefined,
  Class: ProxyClass,
  methodToTypeid: Readonly<Record<string, string>> = {},
): DescribedType {
  return {
    typeid,
    callable,
    exposed: Class.exposed,
    methodToTypeid,
    proxy: nameOfProxyClass(Class),
  };
}
