/** What pools of processes and of threads have in common: all of their API. */
import { AsyncResource } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { InvalidStateError } from '../errors.js';
import { debug } from '../logging/emit.js';
import type { Pending } from '../transport/pending.js';
import { validateFunction } from '../validate.js';
import { AsyncResult } from './async-result.js';
import { CallJob } from './call-job.js';
import { Dispatcher, type DispatcherOptions } from './dispatcher.js';
import { ImapJob } from './imap-job.js';
import type { Job } from './job.js';
import { MapJob, type OnProgress } from './map-job.js';
import {
  type CallOptions,
  checkArguments,
  checkCallOptions,
  checkInput,
  type ImapOptions,
  type MapOptions,
  optionalCount,
  toArray,
} from './options.js';
import { withProgressBar } from './progress.js';
import { ResultIterator } from './result-iterator.js';

type Input<T> = Iterable<T> | AsyncIterable<T>;

/** Called, in this process, with what a call comes to. What they throw is an uncaught error. */
export interface Callbacks<R> {
  callback?: ((result: R) => void) | undefined;
  errorCallback?: ((error: unknown) => void) | undefined;
}

const CHUNKS_PER_WORKER = 4;
const BUFFERED_CHUNKS_PER_WORKER = 16;

const tracing = tracingChannel<unknown, PoolCallEvent>('multiprocessing.pool.call');

/** What the tracing channel `multiprocessing.pool.call` tells of a call of a method of a pool. */
export interface PoolCallEvent {
  readonly pool: object;
  readonly method: string;
  readonly fn: Function;
}

export abstract class WorkerPool implements AsyncDisposable {
  readonly #dispatcher: Dispatcher;
  readonly #size: number;

  /** @internal */
  constructor(options: DispatcherOptions) {
    this.#size = options.size;
    this.#dispatcher = new Dispatcher(options);
    abandoned.register(this, this.#dispatcher, this);
  }

  /** How many workers the pool has. */
  get size(): number {
    return this.#size;
  }

  /**
   * Calls the function in a worker.
   * @param fn - Any function that can travel, asynchronous or not.
   * @returns What the function returns.
   * @throws What the function throws.
   * @throws {WorkerLostError} ERR_MP_WORKER_LOST: the worker ended meanwhile.
   * @throws {PicklingError} ERR_MP_PICKLING: the function or an argument cannot travel.
   * @throws {MaybeEncodingError} ERR_MP_MAYBE_ENCODING: the result cannot.
   * @throws {TimeoutError} ERR_MP_TIMEOUT; the signal's reason
   * @throws {TerminatedError} ERR_MP_TERMINATED; {BrokenPoolError} ERR_MP_BROKEN_POOL
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: the pool was closed or terminated before.
   * @see Python: `Pool.apply`
   */
  apply<A extends unknown[], R>(
    fn: (...args: A) => R,
    args?: Readonly<A>,
    options?: CallOptions,
  ): Promise<Awaited<R>> {
    return this.#call('apply', fn, async (): Promise<Awaited<R>> => {
      const list = checkArguments('args', args ?? []);
      const { timeout, signal } = checkCallOptions(options);
      const record = await this.#dispatcher.functions.add(fn);
      const job = new CallJob<Awaited<R>>(this.#dispatcher, record, list, timeout);
      return this.#run(job, signal);
    });
  }

  /**
   * As `apply`, but returns at once.
   * @see Python: `Pool.apply_async`
   */
  applyAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    args?: Readonly<A>,
    options: CallOptions & Callbacks<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    return asyncResult(this.apply(fn, args, options), options);
  }

  /**
   * Calls the function with each item, many at a time.
   * @param iterable - Is read to its end first.
   * @returns The results in the order of the items. Rejects, when all is done, with the first error.
   * @throws As `apply`
   * @see Python: `Pool.map`; differs: a chunksize below 1 is an error; asynchronous functions and iterables.
   */
  map<T, R>(fn: (item: T) => R, iterable: Input<T>, options?: MapOptions): Promise<Awaited<R>[]> {
    return this.#map<R>('map', fn, iterable, false, options);
  }

  /**
   * As `map`, but returns at once.
   * @see Python: `Pool.map_async`; differs: the callback is called for an empty list, too.
   */
  mapAsync<T, R>(
    fn: (item: T) => R,
    iterable: Input<T>,
    options: MapOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return asyncResult(this.map(fn, iterable, options), options);
  }

  /**
   * As `map`, with items that are lists of arguments.
   * @see Python: `Pool.starmap`
   */
  starmap<A extends unknown[], R>(
    fn: (...args: A) => R,
    iterable: Input<Readonly<A>>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]> {
    return this.#map<R>('starmap', fn, iterable, true, options);
  }

  /**
   * As `starmap`, but returns at once.
   * @see Python: `Pool.starmap_async`
   */
  starmapAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    iterable: Input<Readonly<A>>,
    options: MapOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return asyncResult(this.starmap(fn, iterable, options), options);
  }

  /**
   * Calls the function with each item; the results one by one, in the order of the items. The input is read
   * only as far ahead as `buffersize` says. An item whose call fails throws where its result would come, and
   * the iteration may go on after it. Whoever leaves early closes the input; items that have not begun are
   * dropped, and those that run are left to their end.
   * @throws As `apply`; what the input throws, after the results of the items before.
   * @see Python: `Pool.imap`
   */
  imap<T, R>(
    fn: (item: T) => R,
    iterable: Input<T>,
    options?: ImapOptions,
  ): ResultIterator<Awaited<R>> {
    return this.#imap<R>('imap', fn, iterable, true, options);
  }

  /**
   * As `imap`, with the results in the order in which they come.
   * @see Python: `Pool.imap_unordered`
   */
  imapUnordered<T, R>(
    fn: (item: T) => R,
    iterable: Input<T>,
    options?: ImapOptions,
  ): ResultIterator<Awaited<R>> {
    return this.#imap<R>('imapUnordered', fn, iterable, false, options);
  }

  /**
   * Takes no more calls. The workers end when those that there are are done. Idempotent.
   * @see Python: `Pool.close`
   */
  close(): void {
    debug('closing pool');
    abandoned.unregister(this);
    this.#dispatcher.close();
  }

  /**
   * Ends the workers at once. What is not done rejects with a TerminatedError. Idempotent.
   * @see Python: `Pool.terminate`, after which the results never come.
   */
  terminate(): void {
    debug('terminating pool');
    abandoned.unregister(this);
    this.#dispatcher.terminate();
  }

  /**
   * Waits until the workers have ended.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - before `close()` or `terminate()`.
   * @see Python: `Pool.join`
   */
  async join(): Promise<void> {
    if (this.#dispatcher.isRunning) {
      throw new InvalidStateError(
        'Expected a pool that was closed or terminated; it is still running',
      );
    }
    debug('joining pool');
    await this.#dispatcher.join();
  }

  /** `await using`: closes and joins. No work is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.join();
  }

  /** The pids of the workers that there are now. */
  get pids(): number[] {
    return this.#dispatcher.pids;
  }

  #map<R>(
    method: string,
    fn: Function,
    iterable: Input<unknown>,
    star: boolean,
    options: MapOptions | undefined,
  ): Promise<Awaited<R>[]> {
    return this.#call(method, fn, async () => {
      const { timeout, signal } = checkCallOptions(options);
      const asked = optionalCount('chunksize', options?.chunksize);
      const items = await toArray(checkInput(iterable));
      if (star) items.forEach((args, i) => void checkArguments(`iterable[${i}]`, args));
      if (items.length === 0) return [];
      const chunksize = asked ?? Math.ceil(items.length / (CHUNKS_PER_WORKER * this.#size));
      return withProgressBar(
        bound(options?.onProgress),
        options?.progress === true,
        async (onProgress) => {
          const record = await this.#dispatcher.functions.add(fn);
          const details = { items, star, chunksize, timeout, onProgress };
          const job = new MapJob<Awaited<R>>(this.#dispatcher, record, details);
          return this.#run(job, signal);
        },
      );
    });
  }

  #imap<R>(
    method: string,
    fn: Function,
    iterable: Input<unknown>,
    ordered: boolean,
    options: ImapOptions | undefined,
  ): ResultIterator<Awaited<R>> {
    const { timeout, signal } = checkCallOptions(options);
    const chunksize = optionalCount('chunksize', options?.chunksize) ?? 1;
    const buffersize =
      optionalCount('buffersize', options?.buffersize) ??
      BUFFERED_CHUNKS_PER_WORKER * this.#size * chunksize;
    checkInput(iterable);
    const job = this.#call(method, fn, async () => {
      const record = await this.#dispatcher.functions.add(fn);
      const job = new ImapJob<Awaited<R>>(this.#dispatcher, record, {
        input: iterable,
        ordered,
        chunksize,
        buffersize,
        timeout,
        onProgress: bound(options?.onProgress),
      });
      void this.#run(job, signal);
      return job;
    });
    return new ResultIterator(job);
  }

  /** Checks what can be before anything is done, and tells of the call. */
  #call<T>(method: string, fn: Function, begin: () => Promise<T>): Promise<T> {
    const call = async () => {
      validateFunction('fn', fn);
      this.#dispatcher.requireRunning();
      return begin();
    };
    if (!tracing.hasSubscribers) return call();
    return tracing.tracePromise(call, { pool: this, method, fn });
  }

  #run<T>(
    job: Job & { readonly pending: Pending<T> },
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const giveUp = (reason: unknown) => {
      job.fail(reason);
      this.#dispatcher.cancel(job);
    };
    this.#dispatcher.submit(job);
    return job.pending.abortOn(signal, giveUp).promise;
  }
}

/** Called in the asynchronous context of the call. */
function bound(onProgress: OnProgress | undefined): OnProgress | undefined {
  if (onProgress === undefined) return undefined;
  validateFunction('onProgress', onProgress);
  return AsyncResource.bind(onProgress);
}

/** Pools that nobody has any more, and nobody has closed. */
const abandoned = new FinalizationRegistry<Dispatcher>((dispatcher) => {
  if (!dispatcher.isRunning) return;
  process.emitWarning(
    'A pool was garbage-collected that had not been closed; its workers are terminated',
    {
      code: 'MP_UNCLOSED_POOL',
      type: 'MultiprocessingWarning',
    },
  );
  dispatcher.terminate();
});

function asyncResult<R>(
  promise: Promise<R>,
  { callback, errorCallback }: Callbacks<R>,
): AsyncResult<R> {
  if (callback !== undefined) validateFunction('callback', callback);
  if (errorCallback !== undefined) validateFunction('errorCallback', errorCallback);
  promise.then(
    (result) => callback && queueMicrotask(() => callback(result)),
    (error) => errorCallback && queueMicrotask(() => errorCallback(error)),
  );
  return new AsyncResult(promise);
}
