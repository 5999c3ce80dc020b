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
  readonly promise: Promise<T>;
  isOver = false;
  #part: Part | undefined;
  readonly #owner: JobOwner;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;

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
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
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
    this.#end();
    this.#resolve(value as T);
  }

  reject(_index: number, error: unknown): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.isOver = true;
    this.#owner.finished(this);
  }
}
