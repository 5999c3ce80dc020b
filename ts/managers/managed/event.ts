import { toWait, type WaitOptions } from '../../transport/wait-options.js';
import { WaitLine } from './wait-line.js';

/** An event in the server. */
export class ManagedEvent {
  readonly #line = new WaitLine<boolean>();
  #isSet = false;

  isSet(): boolean {
    return this.#isSet;
  }

  set(): void {
    this.#isSet = true;
    this.#line.serveAll(true);
  }

  clear(): void {
    this.#isSet = false;
  }

  wait(options?: WaitOptions): boolean | Promise<boolean> {
    const wait = toWait(options);
    return this.#isSet ? true : this.#line.wait(wait, false);
  }
}
