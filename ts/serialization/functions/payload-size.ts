/**
 * Says once per place when sending one function drags very much code along, which nobody notices
 * otherwise: a bundle, in which each module reaches all the others, travels whole.
 */
import type { CodeFacts } from './code-facts.js';

const MAX_SOURCE = 1024 * 1024;
const MAX_FUNCTIONS = 10_000;

const warned = new Set<string>();

export class PayloadSize {
  #source = 0;
  #functions = 0;
  #first: string | undefined;
  #largest = { description: '', length: 0 };
  /** For each value that a function captured: how it was captured. */
  #reasons = new Map<Function, string>();

  add(fn: Function, { original, description }: CodeFacts, isNew: boolean): void {
    this.#first ??= description;
    this.#functions++;
    if (isNew) this.#source += original.length;
    if (original.length > this.#largest.length)
      this.#largest = {
        description: this.#describe(fn, description),
        length: original.length,
      };
  }

  /** Remembers what reached a captured function. */
  captured(value: unknown, slotName: string, by: string): void {
    if (typeof value === 'function' && !this.#reasons.has(value))
      this.#reasons.set(value, `${slotName} of ${by}`);
  }

  #describe(fn: Function, description: string): string {
    const reason = this.#reasons.get(fn);
    return reason === undefined ? description : `${description}, ${reason}`;
  }

  warn(): void {
    if (this.#source <= MAX_SOURCE && this.#functions <= MAX_FUNCTIONS) return;
    if (warned.has(this.#first!)) return;
    warned.add(this.#first!);
    process.emitWarning(
      `Pickling ${this.#first} sends ${this.#functions} functions with ${this.#source} characters of code`,
      {
        code: 'MP_PICKLE_SIZE',
        detail: `The largest is ${this.#largest.description}. What a function uses travels with it, unless it is exported by a module of its own.`,
      },
    );
  }
}
