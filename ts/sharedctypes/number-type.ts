import { registerReducer } from '../serialization/codec.js';
import { invalidType } from '../validate.js';
import { ArrayViews } from './array-classes.js';
import type { DataType } from './data-type.js';
import { clear, elementPlace, requireRoom, toList } from './elements.js';
import type { Place } from './memory.js';
import { SharedNumber, SynchronizedNumber } from './shared-number.js';
import { type ArrayClass, arrayClasses, holdsBigInts } from './type-codes.js';

/** Numbers that are stored as those of one of the typed arrays. */
export class NumberType implements DataType<number | bigint> {
  /** Of the typed array, in `arrayClasses`. */
  readonly index: number;
  readonly size: number;
  readonly alignment: number;
  readonly #cls: ArrayClass;
  readonly #expected: 'number' | 'bigint';
  readonly #arrays: ArrayViews;

  constructor(index: number) {
    const cls = arrayClasses[index]!;
    this.index = index;
    this.size = cls.BYTES_PER_ELEMENT;
    this.alignment = this.size;
    this.#cls = cls;
    this.#expected = holdsBigInts(cls) ? 'bigint' : 'number';
    this.#arrays = new ArrayViews(this, cls);
  }

  read({ memory, start }: Place): number | bigint {
    return memory.numbers(this.index)[start / this.size]!;
  }

  write({ memory, start }: Place, value: unknown, name: string): void {
    this.#check(value, name);
    memory.numbers(this.index)[start / this.size] = value as number;
  }

  view({ memory, start }: Place, synchronized: boolean): object {
    const cls = synchronized ? SynchronizedNumber : SharedNumber;
    return new cls(this, new this.#cls(memory.buffer, start, 1));
  }

  viewArray(place: Place, length: number, synchronized: boolean): object {
    return this.#arrays.view(place, length, synchronized);
  }

  countIn(values: unknown, name: string): number {
    return toList(values, name).length;
  }

  writeArray(place: Place, length: number, values: unknown, name: string): void {
    const list = toList(values, name);
    requireRoom(list.length, length, name);
    // A typed array says itself that it has the other sort of numbers.
    if (Array.isArray(list)) this.#checkAll(list, name);
    const { memory, start } = place;
    const numbers = memory.numbers(this.index) as { set(list: unknown, offset: number): void };
    numbers.set(list, start / this.size);
    clear(elementPlace(this, place, list.length), (length - list.length) * this.size);
  }

  #checkAll(list: readonly unknown[], name: string): void {
    for (let i = 0; i < list.length; i++) this.#check(list[i], `${name}[${i}]`);
  }

  #check(value: unknown, name: string): void {
    if (typeof value !== this.#expected) throw invalidType(name, `a ${this.#expected}`, value);
  }
}

const made: NumberType[] = [];

/** By the index in `arrayClasses`; made when it is first needed. */
export function numberType(index: number): NumberType {
  made[index] ??= new NumberType(index);
  return made[index];
}

registerReducer<NumberType, number>(
  NumberType,
  { reduce: ({ index }) => index, rebuild: numberType },
  { name: 'NumberType' },
);
