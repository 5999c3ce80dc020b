import { registerHandle } from '../arena/shared-handle.js';
import type { SharedObject } from '../arena/shared-object.js';
import { FOR_EVER } from '../transport/wait-options.js';
import { SIMPLE_QUEUE } from './kinds.js';
import { objectFor, SharedQueue } from './shared-queue.js';

/**
 * A queue without options: `put`, `get`, `empty` and `close`, as those of Queue.
 * @see Python: `multiprocessing.SimpleQueue`; differs: as Queue; `put` never waits for who gets.
 */
// biome-ignore lint/suspicious/noExplicitAny: what comes out of a queue is for its user to know.
export class SimpleQueue<T = any> extends SharedQueue {
  /** @throws A system error when there is no memory. */
  constructor();
  /** @internal */
  constructor(object: SharedObject);
  constructor(object: SharedObject | 0 = 0) {
    super(objectFor(SIMPLE_QUEUE, object));
  }

  /**
   * Puts an item at the end. It is in the queue when `put` returns.
   * @throws {PicklingError} ERR_MP_PICKLING: the item cannot travel; {ClosedError} ERR_MP_CLOSED; a system
   * error when there is no memory.
   * @see Python: `SimpleQueue.put`
   */
  put(item: T): Promise<void> {
    try {
      return this.queueCore().putLine.put(this, item, FOR_EVER);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The same without a promise. @throws As `put`; {InterruptedError} ERR_MP_INTERRUPTED */
  putSync(item: T): void {
    this.queueCore().putLine.putSync(item, FOR_EVER);
  }

  /**
   * Gets the first item; waits while there is none.
   * @throws {PicklingError} ERR_MP_PICKLING: the item cannot be rebuilt here, and is lost; {ClosedError}
   * ERR_MP_CLOSED: this was, or is meanwhile, closed.
   * @see Python: `SimpleQueue.get`
   */
  get(): Promise<T> {
    try {
      return this.queueCore().getLine.get(this, FOR_EVER) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Blocks the thread as `get` waits. @throws As `get`; {InterruptedError} ERR_MP_INTERRUPTED */
  getSync(): T {
    return this.queueCore().getLine.getSync(FOR_EVER) as T;
  }
}

registerHandle<SimpleQueue, undefined>(SimpleQueue, {
  kind: SIMPLE_QUEUE,
  describe: () => undefined,
  make: (object) => new SimpleQueue(object),
});
