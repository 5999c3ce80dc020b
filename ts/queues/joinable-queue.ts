import { registerHandle } from '../arena/shared-handle.js';
import type { SharedObject } from '../arena/shared-object.js';
import { InvalidStateError } from '../errors.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';
import { JOINABLE_QUEUE } from './kinds.js';
import { Queue } from './queue.js';
import { objectFor } from './shared-queue.js';

/**
 * A queue whose consumers tell when an item is done, so that others can wait until all are.
 *
 * An item counts as undone from `put` until a `taskDone`. That of a consumer which is killed in between stays
 * undone: `join` with a timeout where that may happen.
 *
 * @see Python: `multiprocessing.JoinableQueue`; differs: as Queue; `join` takes a timeout and a signal.
 */
// biome-ignore lint/suspicious/noExplicitAny: what comes out of a queue is for its user to know.
export class JoinableQueue<T = any> extends Queue<T> {
  /**
   * @param maxsize - How many items there can be; 0, the default, or less: any number.
   * @throws TypeError, RangeError; a system error when there is no memory.
   */
  constructor(maxsize?: number);
  /** @internal */
  constructor(object: SharedObject);
  constructor(argument: number | SharedObject = 0) {
    super(objectFor(JOINABLE_QUEUE, argument));
  }

  /**
   * One item that was got is done.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: no item is undone; {ClosedError} ERR_MP_CLOSED
   * @see Python: `JoinableQueue.task_done`
   */
  taskDone(): void {
    const { memory, done } = this.queueCore();
    if (!memory.markDone()) throw new InvalidStateError('taskDone() called too many times');
    if (memory.undone === 0) done.wake(true);
  }

  /**
   * Waits until every item that was put is done, or was at some time since now.
   * @param options - `timeout`: milliseconds, `undefined` waits for ever, `0` only looks; `signal`.
   * @returns Whether it is so: `false` when the timeout passed.
   * @throws The signal's reason; {ClosedError} ERR_MP_CLOSED: this was, or is meanwhile, closed.
   * @see Python: `JoinableQueue.join`
   */
  async join(options?: WaitOptions): Promise<boolean> {
    const wait = toWait(options);
    const isDone = this.#watch();
    if (isDone() || wait.tryOnce) return isDone();
    return this.queueCore().done.wait(this, isDone, wait);
  }

  /**
   * Blocks the thread as `join` waits.
   * @throws As `join`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  joinSync(options?: WaitOptions): boolean {
    const wait = toWait(options);
    const isDone = this.#watch();
    if (isDone() || wait.tryOnce) return isDone();
    return this.queueCore().done.waitSync(isDone, wait);
  }

  #watch(): () => boolean {
    const { memory } = this.queueCore();
    const before = memory.allDoneCount;
    return () => memory.undone === 0 || memory.allDoneCount !== before;
  }
}

registerHandle<JoinableQueue, undefined>(JoinableQueue, {
  kind: JOINABLE_QUEUE,
  describe: () => undefined,
  make: (object) => new JoinableQueue(object),
});
