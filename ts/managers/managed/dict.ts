import { invalidType } from '../../validate.js';
import { VALUE } from '../server/copy-of.js';
import type { Entries } from './entries.js';
import { requireKey } from './keys.js';
import { updated } from './updated.js';

/** A dict in the server: a Map whose keys are primitives. */
export class ManagedDict {
  readonly #map = new Map<unknown, unknown>();

  constructor(entries?: Entries) {
    if (entries !== undefined) this.update(entries);
  }

  get(key: unknown, otherwise?: unknown): unknown {
    return this.#map.has(key) ? this.#map.get(key) : otherwise;
  }

  set(key: unknown, value: unknown): void {
    requireKey('key', key);
    this.#map.set(key, value);
  }

  has(key: unknown): boolean {
    return this.#map.has(key);
  }

  delete(key: unknown): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map.clear();
  }

  size(): number {
    return this.#map.size;
  }

  keys(): unknown[] {
    return [...this.#map.keys()];
  }

  values(): unknown[] {
    return [...this.#map.values()];
  }

  entries(): [unknown, unknown][] {
    return [...this.#map];
  }

  pop(key: unknown, otherwise?: unknown): unknown {
    const value = this.get(key, otherwise);
    this.#map.delete(key);
    return value;
  }

  popitem(): [unknown, unknown] | undefined {
    const last = [...this.#map].at(-1);
    if (last !== undefined) this.#map.delete(last[0]);
    return last;
  }

  setdefault(key: unknown, value: unknown): unknown {
    if (!this.#map.has(key)) this.set(key, value);
    return this.#map.get(key);
  }

  /** Entries; or a key, and a function from its value to the next one. */
  update(...args: [Entries] | [unknown, (value: unknown) => unknown]): unknown {
    if (args.length === 1) return this.#add(args[0]);
    const [key, fn] = args;
    requireKey('key', key);
    const value = updated(fn, this.#map.get(key));
    this.#map.set(key, value);
    return value;
  }

  [VALUE](): Map<unknown, unknown> {
    return this.#map;
  }

  // All or nothing.
  #add(entries: unknown): void {
    if (typeof entries !== 'object' || entries === null) {
      throw invalidType('entries', 'entries, a Map or an object', entries);
    }
    const added =
      Symbol.iterator in entries ? [...(entries as Iterable<unknown>)] : Object.entries(entries);
    for (const [i, entry] of added.entries()) {
      if (!Array.isArray(entry)) throw invalidType(`entries[${i}]`, 'a key and a value', entry);
      requireKey(`entries[${i}][0]`, entry[0]);
    }
    for (const [key, value] of added as [unknown, unknown][]) this.#map.set(key, value);
  }
}
