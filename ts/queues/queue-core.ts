import type { SharedObject } from '../arena/shared-object.js';
import type { WaitLine } from '../arena/wait-line.js';
import { ClosedError } from '../errors.js';
import { GetLine } from './get-line.js';
import { DONE_QUEUE, READABLE_QUEUE, WRITABLE_QUEUE } from './kinds.js';
import { PutLine } from './put-line.js';
import { QueueMemory } from './queue-memory.js';

/** A queue, as this thread has it: its memory, and those who wait for it. */
export class QueueCore {
  readonly memory: QueueMemory;
  readonly putLine: PutLine;
  readonly getLine: GetLine;
  readonly done: WaitLine;
  readonly #lines: readonly WaitLine[];

  static of(object: SharedObject): QueueCore {
    return object.core((it) => new QueueCore(it));
  }

  constructor(object: SharedObject) {
    const memory = new QueueMemory(object);
    const readable = object.line(READABLE_QUEUE, { isThere: () => !memory.isEmpty, inTurn: true });
    const writable = object.line(WRITABLE_QUEUE, { isThere: () => !memory.isFull, inTurn: true });
    this.done = object.line(DONE_QUEUE, { isThere: () => false, inTurn: false });
    this.memory = memory;
    this.putLine = new PutLine(memory, writable, readable);
    this.getLine = new GetLine(memory, readable, writable);
    this.#lines = [readable, writable, this.done];
  }

  /** Whoever waits by this handle waits in vain. */
  failWaiters(handle: object): void {
    for (const line of this.#lines) {
      line.fail(() => new ClosedError(`The ${handle.constructor.name} was closed`), handle);
    }
  }
}
