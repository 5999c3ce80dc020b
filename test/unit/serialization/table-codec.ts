/**
 * A stand-in for the pickling of functions: both sides are this process, so a function is a number
 * in a table. Slots are what a test declares for it.
 */
import { PicklingError } from '../../../ts/errors.js';
import type { FunctionCodec } from '../../../ts/serialization/codec.js';

/** What a function captures, and how it is made from that on the other side. */
export interface Declaration {
  readonly slots: () => Record<string, unknown>;
  readonly make: (slots: () => readonly unknown[]) => Function;
}

export class TableCodec implements FunctionCodec {
  readonly #known: Function[] = [];
  readonly #declared = new Map<Function, Declaration>();
  readonly refused = new Set<Function>();
  readonly log: string[] = [];

  declare(fn: Function, declaration: Declaration): void {
    this.#declared.set(fn, declaration);
  }

  reduce(fn: Function) {
    this.log.push(`reduce ${fn.name}`);
    if (this.refused.has(fn)) {
      throw new PicklingError(`cannot pickle function ${fn.name}: refused`);
    }
    if (!this.#known.includes(fn)) this.#known.push(fn);
    const slots = this.#declared.get(fn)?.slots() ?? {};
    return {
      head: { index: this.#known.indexOf(fn) },
      slots: Object.values(slots),
      slotNames: Object.keys(slots).map((name) => `variable '${name}'`),
      description: `function ${fn.name} (/app/main.mjs:1:1)`,
    };
  }

  rebuild(head: unknown) {
    const fn = this.#known[(head as { index: number }).index];
    if (fn === undefined) throw new PicklingError('cannot unpickle: no head');
    return {
      create: (slots: readonly unknown[]) => this.#create(fn, () => slots),
      createOpen: () => this.#createOpen(fn),
    };
  }

  #create(fn: Function, slots: () => readonly unknown[]): Function {
    this.log.push(`create ${fn.name}`);
    return this.#declared.get(fn)?.make(slots) ?? fn;
  }

  #createOpen(fn: Function) {
    let filled: readonly unknown[] = [];
    const value = this.#create(fn, () => filled);
    this.log.push(`open ${fn.name}`);
    return {
      value,
      fill: (slots: readonly unknown[]) => {
        filled = slots;
      },
    };
  }
}
