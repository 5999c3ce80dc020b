import type { QueueWaitOptions } from '../../queues/queue-options.js';
import type { WaitOptions } from '../../transport/wait-options.js';
import { BaseProxy } from '../base-proxy.js';
import { registerProxyClass } from '../proxy-classes.js';

/**
 * A queue in the server of a manager; `JoinableQueue` is the same.
 * @see Python: `multiprocessing.managers.SyncManager.Queue` and `JoinableQueue`
 */
export class QueueProxy<T = unknown> extends BaseProxy {
  static readonly exposed: readonly string[] = [
    'put',
    'putNoWait',
    'get',
    'getNoWait',
    'qsize',
    'empty',
    'full',
    'taskDone',
    'join',
  ];

  /** Waits for room. @throws {QueueFull} ERR_MP_QUEUE_FULL when there was none in time. */
  put(item: T, options?: QueueWaitOptions): Promise<void> {
    return this._callMethod('put', options === undefined ? [item] : [item, options]);
  }

  /** @throws {QueueFull} ERR_MP_QUEUE_FULL */
  putNoWait(item: T): Promise<void> {
    return this._callMethod('putNoWait', [item]);
  }

  /** Waits for an item. @throws {QueueEmpty} ERR_MP_QUEUE_EMPTY when there was none in time. */
  get(options?: QueueWaitOptions): Promise<T> {
    return this._callMethod('get', options === undefined ? [] : [options]);
  }

  /** @throws {QueueEmpty} ERR_MP_QUEUE_EMPTY */
  getNoWait(): Promise<T> {
    return this._callMethod('getNoWait');
  }

  /** How many items are in it. */
  qsize(): Promise<number> {
    return this._callMethod('qsize');
  }

  empty(): Promise<boolean> {
    return this._callMethod('empty');
  }

  full(): Promise<boolean> {
    return this._callMethod('full');
  }

  /** An item that was got is done. @throws {InvalidStateError} ERR_MP_INVALID_STATE: all were before. */
  taskDone(): Promise<void> {
    return this._callMethod('taskDone');
  }

  /** Waits until all items that were put are done. @returns `false` when the timeout passed. */
  join(options?: WaitOptions): Promise<boolean> {
    return this._callMethod('join', options === undefined ? [] : [options]);
  }
}

registerProxyClass('QueueProxy', QueueProxy);
