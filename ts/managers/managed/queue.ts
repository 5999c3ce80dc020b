import { InvalidStateError, QueueEmpty, QueueFull } from '../../errors.js';
import { type QueueWaitOptions, toQueueWait } from '../../queues/queue-options.js';
import { toWait, type WaitOptions } from '../../transport/wait-options.js';
import { validateInteger } from '../../validate.js';
import { Fifo } from './fifo.js';
import { WaitLine } from './wait-line.js';

const LATE = Symbol('late');
const FULL = 'The queue is full';
const EMPTY = 'The queue is empty';

/** A queue in the server. */
export class ManagedQueue {
  readonly #maxsize: number;
  readonly #items = new Fifo<unknown>();
  readonly #getters = new WaitLine<unknown>();
  readonly #putters = new WaitLine<boolean>();
  readonly #joiners = new WaitLine<boolean>();
  #unfinished = 0;

  constructor(maxsize = 0) {
    this.#maxsize = validateInteger('maxsize', maxsize, { min: Number.MIN_SAFE_INTEGER });
  }

  async put(item: unknown, options?: QueueWaitOptions): Promise<void> {
    const wait = toQueueWait(options);
    if (!this.full()) this.#add(item);
    else if (!(await this.#putters.wait(wait, false, item))) throw new QueueFull(FULL);
  }

  putNoWait(item: unknown): void {
    if (this.full()) throw new QueueFull(FULL);
    this.#add(item);
  }

  get(options?: QueueWaitOptions): unknown {
    const wait = toQueueWait(options);
    if (this.#items.length > 0) return this.#take();
    return this.#getters.wait(wait, LATE).then((item) => {
      if (item === LATE) throw new QueueEmpty(EMPTY);
      return item;
    });
  }

  getNoWait(): unknown {
    if (this.#items.length === 0) throw new QueueEmpty(EMPTY);
    return this.#take();
  }

  qsize(): number {
    return this.#items.length;
  }

  empty(): boolean {
    return this.#items.length === 0;
  }

  full(): boolean {
    return this.#maxsize > 0 && this.#items.length >= this.#maxsize;
  }

  taskDone(): void {
    if (this.#unfinished === 0) throw new InvalidStateError('taskDone() was called too many times');
    if (--this.#unfinished === 0) this.#joiners.serveAll(true);
  }

  join(options?: WaitOptions): boolean | Promise<boolean> {
    const wait = toWait(options);
    return this.#unfinished === 0 ? true : this.#joiners.wait(wait, false);
  }

  #add(item: unknown): void {
    this.#unfinished++;
    if (this.#getters.serve(item) === undefined) this.#items.push(item);
  }

  #take(): unknown {
    const item = this.#items.shift();
    // The place is his who waits for it.
    const putter = this.#putters.serve(true);
    if (putter !== undefined) this.#add(putter.offer);
    return item;
  }
}
