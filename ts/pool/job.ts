import type { FunctionRecord } from './functions.js';

/** A piece of work for one worker: what it gets in one frame, and answers in one. */
export interface Part {
  readonly index: number;
  /** ToWorker.CALL, MAP or STARMAP. */
  readonly tag: number;
  readonly input: readonly unknown[];
}

/** What one call of a method of the pool is made of. */
export interface Job {
  readonly record: FunctionRecord;
  /** Milliseconds from the start of a part; undefined: no limit. */
  readonly timeout: number | undefined;
  /** Nobody waits for it any more. */
  readonly isOver: boolean;
  /** The next part, if there is one now. */
  next(): Part | undefined;
  /** Whether there will be no next part. */
  readonly isExhausted: boolean;
  resolve(index: number, value: unknown): void;
  reject(index: number, error: unknown): void;
  /** Rejects all of it. */
  fail(error: unknown): void;
}
