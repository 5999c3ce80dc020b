import { registerHandle } from '../arena/shared-handle.js';
import type { SharedObject } from '../arena/shared-object.js';
import { ClosedError, InvalidStateError } from '../errors.js';
import { FOR_EVER, type Wait } from '../transport/wait-options.js';
import { QUEUE } from './kinds.js';
import { type QueueWaitOptions, toQueueWait } from './queue-options.js';
import { objectFor, SharedQueue } from './shared-queue.js';

const NOW: Wait = { deadline: 0, tryOnce: true, signal: undefined };

/**
 * A queue for any number of processes and worker threads, on both sides. Each item goes to one of those who
 * get, in the order in which its producer has put it. The queue is in shared memory, and so are the items:
 * those of a process that has ended are still there to be got, and without a `maxsize` nobody who puts waits
 * for anybody who gets.
 *
 * Items are encoded by `put`, which fails at once with what cannot travel; what is done to them afterwards
 * changes nothing. A queue travels itself in any message to a process of the same tree, also through a queue.
 *
 * A process that is killed while it puts or gets loses at most this one item, and keeps nobody waiting.
 *
 * @example
 * const queue = new Queue();
 * const child = new Process({ target: (queue) => queue.put([42, null, 'hello']), args: [queue] });
 * await child.start();
 * console.log(await queue.get());
 *
 * @see Python: `multiprocessing.Queue`; differs: timeouts in ms; there is no feeder thread, hence an
 * unserialisable item is an error of `put`, `join` of a process never waits for its items to be got, and
 * `qsize`, `empty` and `full` are exact everywhere; it may travel at any time.
 */
// biome-ignore lint/suspicious/noExplicitAny: what comes out of a queue is for its user to know.
export class Queue<T = any> extends SharedQueue implements AsyncIterable<T> {
  /**
   * @param maxsize - How many items there can be; 0, the default, or less: any number.
   * @throws TypeError, RangeError; a system error when there is no memory.
   */
  constructor(maxsize?: number);
  /** @internal */
  constructor(object: SharedObject);
  constructor(argument: number | SharedObject = 0) {
    super(objectFor(QUEUE, argument));
  }

  /**
   * Puts an item at the end.
   * @param options - While the queue is full: `timeout`: milliseconds, `undefined` waits for ever, `0` tries
   * once; `signal`; `block`: `false` tries once.
   * @returns A promise that resolves when the item is in the queue. Without `maxsize` it is so before `put`
   * returns.
   * @throws {QueueFull} ERR_MP_QUEUE_FULL: there was no room in time; {PicklingError} ERR_MP_PICKLING: the
   * item cannot travel; the signal's reason; {ClosedError} ERR_MP_CLOSED: this was, or is meanwhile, closed; a
   * system error when there is no memory.
   * @see Python: `Queue.put`
   */
  put(item: T, options?: QueueWaitOptions): Promise<void> {
    try {
      const wait = options === undefined ? FOR_EVER : toQueueWait(options);
      return this.queueCore().putLine.put(this, item, wait);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Blocks the thread as `put` waits.
   * @throws As `put`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  putSync(item: T, options?: QueueWaitOptions): void {
    const wait = options === undefined ? FOR_EVER : toQueueWait(options);
    this.queueCore().putLine.putSync(item, wait);
  }

  /**
   * Puts an item if there is room.
   * @throws As `put`
   * @see Python: `Queue.put_nowait`
   */
  putNoWait(item: T): void {
    this.queueCore().putLine.putSync(item, NOW);
  }

  /**
   * Gets the first item.
   * @param options - While the queue is empty: `timeout`: milliseconds, `undefined` waits for ever, `0` tries
   * once; `signal`; `block`: `false` tries once.
   * @throws {QueueEmpty} ERR_MP_QUEUE_EMPTY: there was nothing in time; {PicklingError} ERR_MP_PICKLING: the
   * item cannot be rebuilt here, and is lost; the signal's reason; {ClosedError} ERR_MP_CLOSED: this was, or is
   * meanwhile, closed.
   * @see Python: `Queue.get`
   */
  get(options?: QueueWaitOptions): Promise<T> {
    try {
      const wait = options === undefined ? FOR_EVER : toQueueWait(options);
      return this.queueCore().getLine.get(this, wait) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Blocks the thread as `get` waits.
   * @throws As `get`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  getSync(options?: QueueWaitOptions): T {
    const wait = options === undefined ? FOR_EVER : toQueueWait(options);
    return this.queueCore().getLine.getSync(wait) as T;
  }

  /**
   * Gets the first item if there is one.
   * @throws As `get`
   * @see Python: `Queue.get_nowait`
   */
  getNoWait(): T {
    return this.queueCore().getLine.getSync(NOW) as T;
  }

  /**
   * How many items there are. Exact at the moment of the call; others may put or get at once. A large item
   * whose consumer was killed in the middle of taking it counts until the next `get`.
   * @throws {ClosedError} ERR_MP_CLOSED
   * @see Python: `Queue.qsize`
   */
  qsize(): number {
    return this.queueCore().memory.size;
  }

  /**
   * Whether there are `maxsize` items. Exact at the moment of the call; others may put or get at once.
   * @throws {ClosedError} ERR_MP_CLOSED
   * @see Python: `Queue.full`
   */
  full(): boolean {
    return this.queueCore().memory.isFull;
  }

  /**
   * Resolves at once: there is no feeder thread, and nothing to be flushed. For programs that come from Python.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: the queue is not closed.
   * @see Python: `Queue.join_thread`
   */
  async joinThread(): Promise<void> {
    this.joinThreadSync();
  }

  /** Does nothing, as `joinThread`. @throws As `joinThread` */
  joinThreadSync(): void {
    if (!this.closed) throw new InvalidStateError('joinThread() is for a queue that is closed');
  }

  /**
   * Does nothing: no process waits at its end for items to be got, and none is lost. For programs that come
   * from Python.
   * @see Python: `Queue.cancel_join_thread`
   */
  cancelJoinThread(): void {}

  /**
   * Gets one item after the other, until this handle is closed: `for await (const item of queue)`. To leave
   * the loop closes nothing. The end of other handles, of producers for example, does not end it: put an item
   * that means the end, one for each consumer.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (!this.closed) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (this.closed && error instanceof ClosedError) return;
        throw error;
      }
      yield item;
    }
  }
}

registerHandle<Queue, undefined>(Queue, {
  kind: QUEUE,
  describe: () => undefined,
  make: (object) => new Queue(object),
});
