import { cpuCount } from '../process/cpu-count.js';
import {
  invalidType,
  outOfRange,
  validateFunction,
  validateInteger,
  validateOptions,
  validateSignal,
  validateTimeout,
} from '../validate.js';
import type { OnProgress } from './map-job.js';

export interface PoolOptions {
  /** Called in each worker before its first task; may be asynchronous. */
  initializer?: ((...args: never[]) => unknown) | undefined;
  /** What it is called with. Default: nothing. */
  initargs?: readonly unknown[] | undefined;
  /** A worker that has done so many tasks is replaced by a new one; a chunk is one task. Default: any number. */
  maxTasksPerChild?: number | undefined;
  /** A worker that has more resident memory than this after a task is replaced. Bytes. Default: any. */
  maxMemoryPerChild?: number | undefined;
}

/** What every call takes. */
export interface CallOptions {
  /**
   * Milliseconds that a task may run, counted from its beginning in a worker. The worker of one that takes
   * longer is killed, and replaced; the call rejects with a TimeoutError. Default: no limit.
   */
  timeout?: number | undefined;
  /**
   * Gives the call up, which rejects with the signal's reason. Tasks that have not begun are dropped; those
   * that run end with their workers, unless they heed `currentTask().signal`.
   */
  signal?: AbortSignal | undefined;
}

/** What calls for many items take. */
export interface MapOptions extends CallOptions {
  /** Items that a worker gets at once. Default: so many that each worker gets four chunks. */
  chunksize?: number | undefined;
  /** Called in this process when more items are done. */
  onProgress?: OnProgress | undefined;
  /** Shows a progress bar on stderr when that is a terminal. Default: false. */
  progress?: boolean | undefined;
}

export interface ImapOptions extends Omit<MapOptions, 'chunksize'> {
  /** Items that a worker gets at once. Default: 1. */
  chunksize?: number | undefined;
  /**
   * Items under way at most: read from the input, and not yet taken by whoever iterates. Default: 16 chunks
   * for each worker.
   */
  buffersize?: number | undefined;
}

export interface CheckedPoolOptions {
  readonly initializer: ((...args: never[]) => unknown) | undefined;
  readonly initargs: readonly unknown[];
  readonly maxTasks: number;
  readonly maxMemory: number;
}

/** @throws TypeError, RangeError */
export function checkPoolOptions(options: PoolOptions | undefined): CheckedPoolOptions {
  const {
    initializer,
    initargs = [],
    maxTasksPerChild,
    maxMemoryPerChild,
  } = validateOptions(options);
  if (initializer !== undefined) validateFunction('initializer', initializer);
  if (!Array.isArray(initargs)) throw invalidType('initargs', 'an array', initargs);
  return {
    initializer,
    initargs: [...initargs],
    maxTasks: optionalCount('maxTasksPerChild', maxTasksPerChild) ?? Number.POSITIVE_INFINITY,
    maxMemory: optionalCount('maxMemoryPerChild', maxMemoryPerChild) ?? 0,
  };
}

/** @throws TypeError, RangeError */
export function checkSize(processes: number | undefined, standard = cpuCount()): number {
  return optionalCount('processes', processes) ?? standard;
}

export function optionalCount(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  return validateInteger(name, value, { min: 1 });
}

/** @throws TypeError, RangeError; the signal's reason */
export function checkCallOptions(options: CallOptions | undefined) {
  const { timeout, signal } = validateOptions(options);
  const checked = validateTimeout(timeout);
  if (checked === 0) throw outOfRange('timeout', 'more than 0 ms', timeout);
  validateSignal(signal)?.throwIfAborted();
  return { timeout: checked, signal };
}

/** @throws TypeError */
export function checkArguments(name: string, args: unknown): readonly unknown[] {
  if (!Array.isArray(args)) throw invalidType(name, 'an array', args);
  return args;
}

type Input<T> = Iterable<T> | AsyncIterable<T>;

/** @throws TypeError */
export function checkInput<T>(input: Input<T>): Input<T> {
  const isIterable =
    input !== null &&
    input !== undefined &&
    (Symbol.iterator in Object(input) || Symbol.asyncIterator in Object(input));
  if (!isIterable) throw invalidType('iterable', 'an iterable or an async iterable', input);
  return input;
}

export async function toArray<T>(input: Input<T>): Promise<readonly T[]> {
  if (Array.isArray(input)) return input.slice();
  if (Symbol.iterator in input) return [...input];
  const items: T[] = [];
  for await (const item of input) items.push(item);
  return items;
}
