import { Pending } from '../../transport/pending.js';
import type { Wait } from '../../transport/wait-options.js';
import { currentCaller, type Holder } from '../server/caller.js';

interface Waiter<T> {
  readonly holder: Holder;
  readonly pending: Pending<T>;
  /** What he wants to leave here. */
  readonly offer: unknown;
}

/** Calls that wait for something in the server: first come, first served. */
export class WaitLine<T> {
  readonly #waiters = new Set<Waiter<T>>();

  get length(): number {
    return this.#waiters.size;
  }

  /**
   * The current call waits for its turn.
   * @param ifLate - What it resolves to when its time is up.
   * @param offer - For whoever serves it.
   * @throws The reason for which the caller gave it up, or was lost.
   */
  wait({ deadline, tryOnce }: Wait, ifLate: T, offer?: unknown): Promise<T> {
    if (tryOnce) return Promise.resolve(ifLate);
    const { holder, signal } = currentCaller();
    const pending = new Pending<T>();
    const waiter = { holder, pending, offer };
    const leave = () => this.#waiters.delete(waiter);
    pending
      .expireAt(deadline, () => {
        leave();
        pending.resolve(ifLate);
      })
      .abortOn(signal, (reason) => {
        leave();
        pending.reject(reason);
      });
    this.#waiters.add(waiter);
    return pending.promise;
  }

  /** Who is next, without having his turn yet. */
  get next(): Holder | undefined {
    const [first] = this.#waiters;
    return first?.holder;
  }

  /** The next one has his turn. @returns Undefined: there is none. */
  serve(value: T): { readonly offer: unknown } | undefined {
    const [first] = this.#waiters;
    if (first === undefined) return undefined;
    this.#waiters.delete(first);
    first.pending.resolve(value);
    return first;
  }

  /** All of them have. */
  serveAll(value: T): void {
    while (this.serve(value) !== undefined);
  }

  /** None of them will. */
  fail(makeError: () => Error): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const { pending } of waiters) pending.reject(makeError());
  }
}
