import { Alarm, type Deadline } from '../time.js';

/**
 * A promise that may be given up: by its timeout, by an AbortSignal, or because its object is
 * closed. Whatever comes first counts, and the rest is let go.
 */
export class Pending<T> {
  readonly promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;
  #settled = false;
  #alarm: Alarm | undefined;
  #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  /** Calls `onTimeout` at the deadline, unless settled before. */
  expireAt(deadline: Deadline, onTimeout: () => void): this {
    if (deadline !== Number.POSITIVE_INFINITY) this.#alarm = new Alarm(deadline, onTimeout);
    return this;
  }

  /** Calls `onAbort` with the signal's reason when it is aborted, or at once if it is, unless settled before. */
  abortOn(signal: AbortSignal | undefined, onAbort: (reason: unknown) => void): this {
    if (signal === undefined || this.#settled) return this;
    if (signal.aborted) {
      onAbort(signal.reason);
      return this;
    }
    this.#signal = signal;
    this.#onAbort = () => onAbort(signal.reason);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    return this;
  }

  resolve(value: T): void {
    this.forget();
    this.#resolve(value);
  }

  reject(reason: unknown): void {
    this.forget();
    this.#reject(reason);
  }

  /** Nothing settles it any more: in a forked child, where the wait is the parent's. */
  forget(): void {
    this.#settled = true;
    this.#alarm?.clear();
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
