import { TimeoutError } from '../errors.js';
import { Pending } from '../transport/pending.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';
import type { JobOwner } from './call-job.js';
import { ToWorker } from './frames.js';
import type { FunctionRecord } from './functions.js';
import type { Job, Part } from './job.js';
import type { OnProgress } from './map-job.js';

export interface ImapJobOptions {
  readonly input: Iterable<unknown> | AsyncIterable<unknown>;
  readonly ordered: boolean;
  readonly chunksize: number;
  /** Items under way at most: taken from the input, and not yet given to whoever iterates. */
  readonly buffersize: number;
  readonly timeout: number | undefined;
  readonly onProgress: OnProgress | undefined;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * A function for each item of an input that is read only as far ahead as there is room for, and the results
 * one by one. Items are numbered as they are read.
 */
export class ImapJob<R> implements Job {
  readonly record: FunctionRecord;
  readonly timeout: number | undefined;
  isOver = false;
  readonly #owner: JobOwner & { pump(): void; cancel(job: Job): void };
  readonly #options: ImapJobOptions;
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  #chunk: unknown[] = [];
  #parts: Part[] = [];
  #read = 0;
  #delivered = 0;
  #done = 0;
  #isReading = false;
  /** The input has ended, at this number of items; perhaps by an error. */
  #end: { readonly count: number; readonly failure: Outcome | undefined } | undefined;
  readonly #outcomes = new Map<number, Outcome>();
  readonly #waiting: Pending<IteratorResult<R>>[] = [];

  constructor(
    owner: JobOwner & { pump(): void; cancel(job: Job): void },
    record: FunctionRecord,
    options: ImapJobOptions,
  ) {
    this.#owner = owner;
    this.record = record;
    this.#options = options;
    this.timeout = options.timeout;
    const { input } = options;
    this.#iterator =
      Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
  }

  get isExhausted(): boolean {
    return this.#end !== undefined && this.#parts.length === 0;
  }

  next(): Part | undefined {
    if (this.#parts.length === 0) this.#readAhead();
    return this.#parts.shift();
  }

  resolve(index: number, value: unknown): void {
    const values = value as R[];
    this.#settle(
      index,
      values.map((one) => ({ value: one })),
    );
  }

  // The items of a chunk fail together, as in Python.
  reject(index: number, error: unknown): void {
    this.#settle(
      index,
      Array.from({ length: this.#sizeAt(index) }, () => ({ error })),
    );
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.#end = { count: this.#delivered, failure: { error } };
    this.#outcomes.clear();
    this.#parts = [];
    this.#finish();
    this.#closeInput();
    this.#deliver();
  }

  /** The next result; undefined `done` when there is none any more. */
  take(options: WaitOptions | undefined): Promise<IteratorResult<R>> {
    const wait = toWait(options);
    const pending = new Pending<IteratorResult<R>>();
    const giveUp = () => {
      const index = this.#waiting.indexOf(pending);
      if (index >= 0) this.#waiting.splice(index, 1);
    };
    const expire = () => {
      giveUp();
      pending.reject(new TimeoutError('The next result is not there yet'));
    };
    this.#waiting.push(pending);
    pending.abortOn(wait.signal, (reason) => {
      giveUp();
      pending.reject(reason);
    });
    this.#deliver();
    if (wait.tryOnce && !pending.isSettled) expire();
    else if (!pending.isSettled) pending.expireAt(wait.deadline, expire);
    this.#owner.pump();
    return pending.promise;
  }

  /** Nobody wants the rest. */
  close(): void {
    if (this.#end?.failure === undefined && !this.isOver) {
      this.#owner.cancel(this);
    }
    this.#outcomes.clear();
    this.#parts = [];
    this.#end = { count: this.#delivered, failure: undefined };
    this.#finish();
    this.#closeInput();
    this.#deliver();
  }

  #finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#owner.finished(this);
  }

  // An input that has ended by itself is not told to.
  #inputIsOpen = true;

  #closeInput(): void {
    if (!this.#inputIsOpen) return;
    this.#inputIsOpen = false;
    // What it has to say comes too late for anybody.
    Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }

  get #hasRoom(): boolean {
    return this.#end === undefined && this.#read - this.#delivered < this.#options.buffersize;
  }

  #readAhead(): void {
    while (this.#hasRoom && !this.#isReading && this.#parts.length === 0) {
      let step: IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
      try {
        step = this.#iterator.next();
      } catch (error) {
        this.#endInput({ error });
        return;
      }
      if (!(step instanceof Promise)) this.#accept(step);
      else this.#readLater(step);
    }
    // Who waits for what is in an incomplete chunk must not wait for the rest of it.
    if (!this.#hasRoom) this.#cut();
  }

  #readLater(step: Promise<IteratorResult<unknown>>): void {
    this.#isReading = true;
    step
      .then(
        (result) => this.#accept(result),
        (error) => this.#endInput({ error }),
      )
      .finally(() => {
        this.#isReading = false;
        this.#owner.pump();
      });
  }

  #accept({ done, value }: IteratorResult<unknown>): void {
    if (this.isOver) return;
    if (done) {
      this.#endInput(undefined);
      return;
    }
    this.#read++;
    this.#chunk.push(value);
    if (this.#chunk.length >= this.#options.chunksize) this.#cut();
  }

  #endInput(failure: Outcome | undefined): void {
    this.#inputIsOpen = false;
    if (this.isOver) return;
    this.#cut();
    this.#end = { count: this.#read, failure };
    this.#deliver();
  }

  #cut(): void {
    if (this.#chunk.length === 0) return;
    const index = this.#read - this.#chunk.length;
    this.#sizes.set(index, this.#chunk.length);
    this.#parts.push({ index, tag: ToWorker.MAP, input: this.#chunk });
    this.#chunk = [];
  }

  readonly #sizes = new Map<number, number>();

  #sizeAt(index: number): number {
    return this.#sizes.get(index)!;
  }

  #settle(index: number, outcomes: Outcome[]): void {
    if (this.isOver) return;
    this.#sizes.delete(index);
    outcomes.forEach((outcome, i) => {
      this.#outcomes.set(index + i, outcome);
    });
    this.#done += outcomes.length;
    const { onProgress } = this.#options;
    const done = this.#done;
    if (onProgress !== undefined) queueMicrotask(() => onProgress(done, this.#read));
    this.#deliver();
    this.#owner.pump();
  }

  #deliver(): void {
    while (this.#waiting.length > 0) {
      const outcome = this.#nextOutcome();
      if (outcome === undefined) break;
      const pending = this.#waiting.shift()!;
      if (outcome === 'end') pending.resolve({ done: true, value: undefined });
      else if ('error' in outcome) pending.reject(outcome.error);
      else pending.resolve({ done: false, value: outcome.value as R });
    }
    if (this.#end !== undefined && this.#done >= this.#end.count) this.#finish();
  }

  #nextOutcome(): Outcome | 'end' | undefined {
    const [key] = this.#options.ordered ? [this.#delivered] : this.#outcomes.keys();
    const outcome = key === undefined ? undefined : this.#outcomes.get(key);
    if (outcome !== undefined) {
      this.#outcomes.delete(key!);
      this.#delivered++;
      return outcome;
    }
    if (this.#end === undefined || this.#delivered < this.#end.count) return undefined;
    const { failure } = this.#end;
    this.#end = { count: this.#end.count, failure: undefined };
    return failure ?? 'end';
  }
}
