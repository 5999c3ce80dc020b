import { Scratch } from '../destination.js';
import { standInFor } from '../errors.js';
import { ToClient } from '../protocol.js';
import type { Wire } from '../wire.js';
import type { Recipient } from './recipient.js';

/** What a process is told of its calls. Nothing is told to one that is gone. */
export class Answers {
  readonly #wire: Wire;
  readonly #scratch: Scratch;

  constructor(wire: Wire, recipient: Recipient) {
    this.#wire = wire;
    this.#scratch = new Scratch(recipient);
  }

  return(number: number, value: unknown): void {
    if (value === undefined) {
      if (this.#wire.isOpen) this.#wire.postEmpty(ToClient.DONE, number);
      return;
    }
    try {
      this.#post(ToClient.RETURN, number, value);
    } catch (error) {
      this.throw(number, error);
    }
  }

  throw(number: number, error: unknown): void {
    try {
      this.#post(ToClient.ERROR, number, error);
    } catch {
      this.#post(ToClient.ERROR, number, standInFor(error, 'The method'));
    }
  }

  pong(number: number): void {
    this.#post(ToClient.PONG, number, undefined);
  }

  #post(kind: number, number: number, value: unknown): void {
    if (!this.#wire.isOpen) return;
    this.#wire.post(kind, number, value, { root: 'result', scratch: this.#scratch.map });
  }
}
