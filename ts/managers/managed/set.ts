import { VALUE } from '../server/copy-of.js';
import { requireKey } from './keys.js';

/** A set in the server, of primitives. */
export class ManagedSet {
  readonly #set = new Set<unknown>();

  constructor(items: Iterable<unknown> = []) {
    this.update(items);
  }

  add(item: unknown): void {
    requireKey('item', item);
    this.#set.add(item);
  }

  has(item: unknown): boolean {
    return this.#set.has(item);
  }

  delete(item: unknown): boolean {
    return this.#set.delete(item);
  }

  clear(): void {
    this.#set.clear();
  }

  size(): number {
    return this.#set.size;
  }

  values(): unknown[] {
    return [...this.#set];
  }

  pop(): unknown {
    const [first] = this.#set;
    this.#set.delete(first);
    return first;
  }

  update(items: Iterable<unknown>): void {
    const added = [...items];
    for (const item of added) requireKey('item', item);
    for (const item of added) this.#set.add(item);
  }

  [VALUE](): Set<unknown> {
    return this.#set;
  }
}
