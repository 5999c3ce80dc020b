import type { Caller, Holder } from './caller.js';

/** A call of a process that is under way in the server. */
export class Call implements Caller {
  readonly holder: Holder;
  // Hardly any call asks for a signal, which costs more than the rest of it.
  #controller: AbortController | undefined;

  constructor(holder: Holder) {
    this.holder = holder;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** The caller has given it up, or is gone. */
  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }
}
