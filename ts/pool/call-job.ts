import { Pending } from '../transport/pending.js';
import { ToWorker } from './frames.js';
import type { FunctionRecord } from './functions.js';
import type { Job, Part } from './job.js';

/** What the owner of a job wants to know. */
export interface JobOwner {
  /** The job is over, one way or other. */
  finished(job: Job): void;
}

/** One call of a function. */
export class CallJob<T> implements Job {
  readonly record: FunctionRecord;
  readonly timeout: number | undefined;
  readonly pending = new Pending<T>();
  #part: Part | undefined;
  readonly #owner: JobOwner;

  constructor(
    owner: JobOwner,
    record: FunctionRecord,
    args: readonly unknown[],
    timeout: number | undefined,
  ) {
    this.#owner = owner;
    this.record = record;
    this.timeout = timeout;
    this.#part = { index: 0, tag: ToWorker.CALL, input: args };
  }

  get isOver(): boolean {
    return this.pending.isSettled;
  }

  get isExhausted(): boolean {
    return this.#part === undefined;
  }

  next(): Part | undefined {
    const part = this.#part;
    this.#part = undefined;
    return part;
  }

  resolve(_index: number, value: unknown): void {
    this.pending.resolve(value as T);
    this.#owner.finished(this);
  }

  reject(_index: number, error: unknown): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    this.pending.reject(error);
    this.#owner.finished(this);
  }
}
