import {
  type AnyArray,
  classOfCode,
  holdsBigInts,
  type NumberCode,
} from '../../sharedctypes/type-codes.js';
import { validateInteger } from '../../validate.js';
import { VALUE } from '../server/copy-of.js';
import { placeOf } from './places.js';
import { updated } from './updated.js';

type AnyNumber = number | bigint;

function makeArray(code: NumberCode, content: number | Iterable<AnyNumber>): AnyArray {
  const Class = classOfCode(code);
  const items = typeof content === 'number' ? undefined : [...content];
  const length = items?.length ?? validateInteger('content', content as number);
  const array = new Class(new ArrayBuffer(length * Class.BYTES_PER_ELEMENT), 0, length);
  const convert = holdsBigInts(Class) ? BigInt : (item: AnyNumber) => item;
  items?.forEach((item, i) => {
    (array as AnyNumber[] & AnyArray)[i] = convert(item as number);
  });
  return array;
}

/** An array of numbers in the server. */
export class ManagedArray {
  readonly #array: AnyArray & AnyNumber[];

  /** @param content - Its length, or its numbers. */
  constructor(code: NumberCode, content: number | Iterable<AnyNumber>) {
    this.#array = makeArray(code, content) as AnyArray & AnyNumber[];
  }

  size(): number {
    return this.#array.length;
  }

  at(index: number): AnyNumber {
    return this.#array[this.#placeOf(index)]!;
  }

  set(index: number, value: AnyNumber): void {
    this.#array[this.#placeOf(index)] = value;
  }

  update(index: number, fn: (value: AnyNumber) => AnyNumber): AnyNumber {
    const place = this.#placeOf(index);
    this.#array[place] = updated(fn, this.#array[place]!);
    return this.#array[place]!;
  }

  slice(start?: number, end?: number): AnyArray {
    return this.#array.slice(start, end);
  }

  [VALUE](): AnyArray {
    return this.#array;
  }

  #placeOf(index: number): number {
    const { length } = this.#array;
    return placeOf(index, length, `an array of ${length} numbers`);
  }
}

/** A number in the server. */
export class ManagedValue {
  readonly #array: AnyArray & AnyNumber[];

  constructor(code: NumberCode, value: AnyNumber = 0) {
    this.#array = makeArray(code, [value]) as AnyArray & AnyNumber[];
  }

  get(): AnyNumber {
    return this.#array[0]!;
  }

  set(value: AnyNumber): void {
    this.#array[0] = value;
  }

  /** @returns What it is then. */
  add(amount: AnyNumber): AnyNumber {
    this.#array[0] = ((this.#array[0] as number) + (amount as number)) as AnyNumber;
    return this.#array[0]!;
  }

  [VALUE](): AnyNumber {
    return this.get();
  }
}
