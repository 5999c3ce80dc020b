import { validateFunction } from '../../validate.js';
import { VALUE } from '../server/copy-of.js';
import { placeOf, validateIndex } from './places.js';
import { updated } from './updated.js';

type Visit<R> = (item: unknown, index: number) => R;

/** A list in the server. */
export class ManagedList {
  #items: unknown[];

  constructor(items: Iterable<unknown> = []) {
    this.#items = [...items];
  }

  at(index: number): unknown {
    return this.#items.at(validateIndex(index));
  }

  /** @throws RangeError: there is no such place. */
  set(index: number, value: unknown): void {
    this.#items[this.#placeOf(index)] = value;
  }

  /** The item at the index becomes what the function makes of it. */
  update(index: number, fn: (value: unknown) => unknown): unknown {
    const place = this.#placeOf(index);
    const value = updated(fn, this.#items[place]);
    this.#items[place] = value;
    return value;
  }

  size(): number {
    return this.#items.length;
  }

  push(...items: unknown[]): number {
    return this.#items.push(...items);
  }

  extend(items: Iterable<unknown>): number {
    for (const item of [...items]) this.#items.push(item);
    return this.#items.length;
  }

  pop(index?: number): unknown {
    if (index === undefined) return this.#items.pop();
    return this.#items.splice(this.#placeOf(index), 1)[0];
  }

  shift(): unknown {
    return this.#items.shift();
  }

  unshift(...items: unknown[]): number {
    return this.#items.unshift(...items);
  }

  insert(index: number, value: unknown): void {
    this.#items.splice(validateIndex(index), 0, value);
  }

  splice(...args: [number, number?, ...unknown[]]): unknown[] {
    return (this.#items.splice as (...args: unknown[]) => unknown[]).apply(this.#items, args);
  }

  slice(start?: number, end?: number): unknown[] {
    return this.#items.slice(start, end);
  }

  indexOf(item: unknown, from?: number): number {
    return this.#items.indexOf(item, from);
  }

  includes(item: unknown): boolean {
    return this.#items.includes(item);
  }

  /** Whether there was such an item. */
  remove(item: unknown): boolean {
    const index = this.#items.indexOf(item);
    if (index >= 0) this.#items.splice(index, 1);
    return index >= 0;
  }

  count(item: unknown): number {
    return this.#items.filter((it) => it === item).length;
  }

  reverse(): void {
    this.#items.reverse();
  }

  sort(compare?: (a: unknown, b: unknown) => number): void {
    this.#items.sort(compare);
  }

  fill(value: unknown, start?: number, end?: number): void {
    this.#items.fill(value, start, end);
  }

  clear(): void {
    this.#items = [];
  }

  map<R>(fn: Visit<R>): R[] {
    validateFunction('fn', fn);
    return this.#items.map((item, i) => fn(item, i));
  }

  filter(fn: Visit<unknown>): unknown[] {
    validateFunction('fn', fn);
    return this.#items.filter((item, i) => fn(item, i));
  }

  find(fn: Visit<unknown>): unknown {
    validateFunction('fn', fn);
    return this.#items.find((item, i) => fn(item, i));
  }

  findIndex(fn: Visit<unknown>): number {
    validateFunction('fn', fn);
    return this.#items.findIndex((item, i) => fn(item, i));
  }

  [VALUE](): unknown[] {
    return this.#items;
  }

  #placeOf(index: number): number {
    const { length } = this.#items;
    return placeOf(index, length, `a list of ${length} items`);
  }
}
