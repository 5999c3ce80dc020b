import type { ObjectKind } from '../arena/kinds.js';
import { SharedHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import { readiness, type Waitable } from '../transport/readiness.js';
import type { Wait } from '../transport/wait-options.js';
import { validateInteger } from '../validate.js';
import { QueueCore } from './queue-core.js';

const MOST = 0x7fffffff;

/** What all queues have in common. */
export abstract class SharedQueue extends SharedHandle implements Waitable {
  readonly #core: QueueCore;

  /** @internal */
  constructor(object: SharedObject) {
    super(object);
    this.#core = QueueCore.of(object);
  }

  /**
   * Whether there is nothing to get. Exact at the moment of the call; others may put or get at once.
   * @throws {ClosedError} ERR_MP_CLOSED
   * @see Python: `Queue.empty`; differs: what has been put is there.
   */
  empty(): boolean {
    return this.queueCore().memory.isEmpty;
  }

  /**
   * Lets go of the queue, which other handles of it, here and in other processes, keep, and with it what is
   * in it. Whoever waits by this handle fails with ClosedError; its iterations end. Nothing has to be
   * flushed: what was put is in shared memory, and can be got when the process that put it has ended.
   * Idempotent. When nobody in any process has the queue any more, it is freed with what is in it.
   * @see Python: `Queue.close`
   */
  override close(): void {
    if (!this.closed) this.#core.failWaiters(this);
    super.close();
  }

  /** @internal */
  [readiness](wait: Wait): boolean | Promise<boolean> {
    return this.queueCore().getLine.poll(this, wait);
  }

  /** @internal */
  queueCore(): QueueCore {
    this.sharedObject();
    return this.#core;
  }
}

/**
 * The object of a handle: that of a message, or a new one.
 * @internal
 */
export function objectFor(kind: ObjectKind, argument: number | SharedObject): SharedObject {
  if (argument instanceof SharedObject) return argument;
  validateInteger('maxsize', argument, { min: -MOST, max: MOST });
  const object = SharedObject.create(kind);
  QueueCore.of(object).memory.maxSize = argument;
  return object;
}
