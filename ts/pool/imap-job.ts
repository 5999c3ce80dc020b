import { TimeoutError } from '../errors.js';
import { Pending } from '../transport/pending.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';
import type { JobOwner } from './call-job.js';
import { ChunkReader, type InputEnd } from './chunk-reader.js';
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

export interface ImapOwner extends JobOwner {
  /** There may be more to give out. */
  pump(): void;
  /** What has not begun is not to. */
  drop(job: Job): void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * A function for each item of an input that is read only as far ahead as there is room for, and the results
 * one by one.
 */
export class ImapJob<R> implements Job {
  readonly record: FunctionRecord;
  readonly timeout: number | undefined;
  /** Settled when there is nothing to be run any more; results may still be there to be taken. */
  readonly pending = new Pending<void>();
  readonly #owner: ImapOwner;
  readonly #options: ImapJobOptions;
  readonly #input: ChunkReader;
  /** Of the chunks that are under way. */
  readonly #sizes = new Map<number, number>();
  readonly #outcomes = new Map<number, Outcome>();
  readonly #waiting: Pending<IteratorResult<R>>[] = [];
  #delivered = 0;
  #done = 0;
  #end: InputEnd | undefined;

  constructor(owner: ImapOwner, record: FunctionRecord, options: ImapJobOptions) {
    this.#owner = owner;
    this.record = record;
    this.#options = options;
    this.timeout = options.timeout;
    this.#input = new ChunkReader(options.input, options.chunksize, () => {
      this.#deliver();
      owner.pump();
    });
  }

  get isOver(): boolean {
    return this.pending.isSettled;
  }

  get isExhausted(): boolean {
    return this.#input.isExhausted;
  }

  next(): Part | undefined {
    const part = this.#input.next(this.#delivered + this.#options.buffersize);
    if (part !== undefined) this.#sizes.set(part.index, part.input.length);
    if (this.#input.end !== undefined) this.#deliver();
    return part;
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
    const length = this.#sizes.get(index) ?? 0;
    this.#settle(
      index,
      Array.from({ length }, () => ({ error })),
    );
  }

  fail(error: unknown): void {
    if (!this.isOver) this.#stop({ error });
  }

  /** Nobody wants the rest. What runs is left to its end. */
  close(): void {
    this.#stop(undefined);
    this.#owner.drop(this);
  }

  /** The next result; undefined `done` when there is none any more. */
  take(options: WaitOptions | undefined): Promise<IteratorResult<R>> {
    const wait = toWait(options);
    const pending = new Pending<IteratorResult<R>>();
    const giveUp = (reason: unknown) => {
      const index = this.#waiting.indexOf(pending);
      if (index >= 0) this.#waiting.splice(index, 1);
      pending.reject(reason);
    };
    const expire = () => giveUp(new TimeoutError('The next result is not there yet'));
    this.#waiting.push(pending);
    pending.abortOn(wait.signal, giveUp);
    this.#deliver();
    if (wait.tryOnce && !pending.isSettled) expire();
    else if (!pending.isSettled) pending.expireAt(wait.deadline, expire);
    this.#owner.pump();
    return pending.promise;
  }

  #stop(failure: InputEnd['failure']): void {
    this.#input.close();
    this.#outcomes.clear();
    this.#end = { count: this.#delivered, failure };
    this.#finish();
    this.#deliver();
  }

  #finish(): void {
    if (this.isOver) return;
    this.pending.resolve();
    this.#owner.finished(this);
  }

  #settle(index: number, outcomes: Outcome[]): void {
    if (this.isOver) return;
    this.#sizes.delete(index);
    outcomes.forEach((outcome, i) => {
      this.#outcomes.set(index + i, outcome);
    });
    this.#done += outcomes.length;
    const { onProgress } = this.#options;
    const [done, read] = [this.#done, this.#input.count];
    if (onProgress !== undefined) queueMicrotask(() => onProgress(done, read));
    this.#deliver();
    this.#owner.pump();
  }

  #deliver(): void {
    this.#end ??= this.#input.end;
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
    const { count, failure } = this.#end;
    this.#end = { count, failure: undefined };
    return failure ?? 'end';
  }
}
