import { BrokenBarrierError } from '../../errors.js';
import { toWait, type WaitOptions } from '../../transport/wait-options.js';
import {
  validateFunction,
  validateInteger,
  validateOptions,
  validateTimeout,
} from '../../validate.js';
import { currentCaller } from '../server/caller.js';
import { WaitLine } from './wait-line.js';

const BROKEN = -1;

interface BarrierOptions {
  action?: (() => unknown) | undefined;
  timeout?: number | undefined;
}

/** A barrier in the server. */
export class ManagedBarrier {
  readonly #parties: number;
  readonly #action: (() => unknown) | undefined;
  readonly #timeout: number | undefined;
  // Each knows by his place in it how many were there before.
  #line = new WaitLine<number>();
  #isBroken = false;

  constructor(parties: number, options?: BarrierOptions) {
    this.#parties = validateInteger('parties', parties, { min: 1 });
    const { action, timeout } = validateOptions(options);
    if (action !== undefined) validateFunction('action', action);
    this.#action = action;
    this.#timeout = validateTimeout(timeout);
  }

  parties(): number {
    return this.#parties;
  }

  waiting(): number {
    return this.#line.length;
  }

  broken(): boolean {
    return this.#isBroken;
  }

  async wait(options?: WaitOptions): Promise<number> {
    const wait = toWait(options, this.#timeout);
    const { signal } = currentCaller();
    this.#requireWhole();
    const line = this.#line;
    const place = line.length;
    if (place === this.#parties - 1) {
      await this.#pass();
      return place;
    }
    // Whoever gives up breaks it for all.
    signal.addEventListener('abort', () => this.#breakFor(line), { once: true });
    const outcome = await line.wait(wait, BROKEN);
    if (outcome !== BROKEN) return place;
    this.#breakFor(line);
    throw broken();
  }

  abort(): void {
    this.#isBroken = true;
    this.#line.fail(broken);
  }

  reset(): void {
    this.#line.fail(broken);
    this.#isBroken = false;
  }

  async #pass(): Promise<void> {
    const line = this.#line;
    this.#line = new WaitLine();
    try {
      await this.#action?.();
    } catch (error) {
      this.#isBroken = true;
      line.fail(broken);
      throw error;
    }
    line.serveAll(0);
  }

  #breakFor(line: WaitLine<number>): void {
    if (line !== this.#line) return;
    this.#isBroken = true;
    line.fail(broken);
  }

  #requireWhole(): void {
    if (this.#isBroken) throw broken();
  }
}

function broken(): BrokenBarrierError {
  return new BrokenBarrierError('The barrier is broken');
}
