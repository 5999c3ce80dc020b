import type { WaitOptions } from '../transport/wait-options.js';
import type { ImapJob } from './imap-job.js';

/**
 * The results of `imap` and `imapUnordered`.
 * @see Python: `multiprocessing.pool.IMapIterator`
 */
export class ResultIterator<R> implements AsyncIterableIterator<R> {
  readonly #job: Promise<ImapJob<R>>;

  /** @internal */
  constructor(job: Promise<ImapJob<R>>) {
    this.#job = job;
    // Whoever asks for a result is told.
    job.catch(() => {});
  }

  /**
   * The next result.
   * @throws What the call for the item threw; the iteration may go on.
   * @throws {TimeoutError} ERR_MP_TIMEOUT: it is not there yet; the next call may get it.
   */
  async next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    return (await this.#job).take(options);
  }

  /** Gives the rest up, and closes the input. What runs is left to its end; what has not begun is dropped. */
  async return(): Promise<IteratorResult<R, undefined>> {
    (await this.#job).close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
