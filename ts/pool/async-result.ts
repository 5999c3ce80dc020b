import { InvalidStateError, TimeoutError } from '../errors.js';
import { Pending } from '../transport/pending.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';

/**
 * What a call that was not awaited comes to.
 * @see Python: `multiprocessing.pool.AsyncResult`
 */
export class AsyncResult<T> {
  readonly #promise: Promise<T>;
  #outcome: 'value' | 'error' | undefined;

  /** @internal */
  constructor(promise: Promise<T>) {
    this.#promise = promise;
    promise.then(
      () => {
        this.#outcome = 'value';
      },
      () => {
        this.#outcome = 'error';
      },
    );
  }

  /**
   * Waits for the result. Any number may wait, also repeatedly.
   * @returns What the call returned.
   * @throws What the call threw; {TimeoutError} ERR_MP_TIMEOUT: it is not there yet, and goes on.
   * @see Python: `AsyncResult.get`
   */
  async get(options?: WaitOptions): Promise<T> {
    if (await this.#settles(options)) return this.#promise;
    throw new TimeoutError('The result is not there yet');
  }

  /**
   * Waits until the result is there, or an error, or the timeout has passed.
   * @returns Whether it is there.
   * @see Python: `AsyncResult.wait`, which returns nothing.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return this.#settles(options);
  }

  /** Whether the call is complete. */
  ready(): boolean {
    return this.#outcome !== undefined;
  }

  /**
   * Whether the call is complete, and threw nothing.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - before it is complete.
   */
  successful(): boolean {
    if (this.#outcome !== undefined) return this.#outcome === 'value';
    throw new InvalidStateError('Expected a result that is ready; the call is not complete yet');
  }

  #settles(options: WaitOptions | undefined): Promise<boolean> {
    const { deadline, signal, tryOnce } = toWait(options);
    if (this.ready() || tryOnce) return Promise.resolve(this.ready());
    const pending = new Pending<boolean>();
    const settled = () => pending.isSettled || pending.resolve(true);
    this.#promise.then(settled, settled);
    return pending
      .expireAt(deadline, () => pending.resolve(false))
      .abortOn(signal, (reason) => pending.reject(reason)).promise;
  }
}
