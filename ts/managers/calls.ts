import { Pending } from '../transport/pending.js';

interface Call {
  readonly pending: Pending<unknown>;
  /** The caller has given it up. */
  aborted: { readonly reason: unknown } | undefined;
}

/** What a process awaits of a server, each call by its number. */
export class Calls {
  readonly #calls = new Map<number, Call>();

  get size(): number {
    return this.#calls.size;
  }

  /** The call has been sent. `cancel`: tells the server that the caller has given it up. */
  expect(
    number: number,
    signal: AbortSignal | undefined,
    cancel: (number: number) => void,
  ): Promise<unknown> {
    const call: Call = { pending: new Pending<unknown>(), aborted: undefined };
    if (signal !== undefined) {
      // What the server was doing by then counts: it may have given away a lock already.
      call.pending.abortOn(signal, (reason) => {
        call.aborted = { reason };
        cancel(number);
      });
    }
    this.#calls.set(number, call);
    return call.pending.promise;
  }

  resolve(number: number, value: unknown): void {
    this.#take(number)?.pending.resolve(value);
  }

  /** With the reason for which it was given up, if it was. */
  reject(number: number, error: unknown): void {
    const call = this.#take(number);
    call?.pending.reject(call.aborted === undefined ? error : call.aborted.reason);
  }

  /** All of them fail. */
  fail(error: Error): void {
    for (const { pending } of this.#takeAll()) pending.reject(error);
  }

  /** In a forked child: they are the parent's. */
  forget(): void {
    for (const { pending } of this.#takeAll()) pending.forget();
  }

  #take(number: number): Call | undefined {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    return call;
  }

  #takeAll(): Call[] {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    return calls;
  }
}
