import { inspect } from 'node:util';
import { validateString } from '../../validate.js';
import { VALUE } from '../server/copy-of.js';

/** Names with values in the server. */
export class ManagedNamespace {
  readonly #values = new Map<string, unknown>();

  constructor(values: Record<string, unknown> = {}) {
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }

  get(name: string): unknown {
    if (!this.#values.has(name)) throw new ReferenceError(`The namespace has no ${inspect(name)}`);
    return this.#values.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(validateString('name', name), value);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  delete(name: string): boolean {
    return this.#values.delete(name);
  }

  [VALUE](): Record<string, unknown> {
    return Object.fromEntries(this.#values);
  }
}
