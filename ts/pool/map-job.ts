import { Pending } from '../transport/pending.js';
import type { JobOwner } from './call-job.js';
import { ToWorker } from './frames.js';
import type { FunctionRecord } from './functions.js';
import type { Job, Part } from './job.js';

/** Called when more of a call is done: with the number of its items that are, and of all. */
export type OnProgress = (done: number, total: number) => void;

export interface MapJobOptions {
  readonly items: readonly unknown[];
  /** Each item is a list of arguments. */
  readonly star: boolean;
  readonly chunksize: number;
  readonly timeout: number | undefined;
  readonly onProgress: OnProgress | undefined;
}

/** A function for each item of a list, in chunks; the results in the order of the list. */
export class MapJob<R> implements Job {
  readonly record: FunctionRecord;
  readonly timeout: number | undefined;
  readonly pending = new Pending<R[]>();
  readonly #owner: JobOwner;
  readonly #options: MapJobOptions;
  readonly #results: R[];
  #next = 0;
  #done = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(owner: JobOwner, record: FunctionRecord, options: MapJobOptions) {
    this.#owner = owner;
    this.record = record;
    this.#options = options;
    this.timeout = options.timeout;
    this.#results = new Array(options.items.length);
  }

  get isOver(): boolean {
    return this.pending.isSettled;
  }

  get isExhausted(): boolean {
    return this.#next >= this.#options.items.length;
  }

  next(): Part | undefined {
    if (this.isExhausted) return undefined;
    const { items, chunksize, star } = this.#options;
    const index = this.#next;
    this.#next += chunksize;
    const tag = star ? ToWorker.STARMAP : ToWorker.MAP;
    return { index, tag, input: items.slice(index, this.#next) };
  }

  resolve(index: number, value: unknown): void {
    const values = value as R[];
    for (let i = 0; i < values.length; i++) this.#results[index + i] = values[i]!;
    this.#advance(index);
  }

  // The others are awaited, as in Python: who gets an error knows that nothing of the call runs any more.
  reject(index: number, error: unknown): void {
    this.#failure ??= { error };
    this.#advance(index);
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.pending.reject(error);
    this.#owner.finished(this);
  }

  #advance(index: number): void {
    if (this.isOver) return;
    const { items, chunksize, onProgress } = this.#options;
    this.#done += Math.min(chunksize, items.length - index);
    if (onProgress !== undefined) report(onProgress, this.#done, items.length);
    if (this.#done < items.length) return;
    if (this.#failure !== undefined) {
      this.fail(this.#failure.error);
      return;
    }
    this.pending.resolve(this.#results);
    this.#owner.finished(this);
  }
}

/** What it throws is an uncaught error, and does not harm the pool. */
function report(onProgress: OnProgress, done: number, total: number): void {
  queueMicrotask(() => onProgress(done, total));
}
