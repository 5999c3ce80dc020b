import { inspect } from 'node:util';
import { invalidType, outOfRange } from '../validate.js';
import type { DataType } from './data-type.js';
import { elementPlace } from './elements.js';
import type { Place } from './memory.js';
import { ORIGIN, type Origin, registerView } from './views.js';

interface ItemsType extends DataType {
  readonly element: DataType;
  readonly length: number;
}

const INDEX = /^(?:0|[1-9]\d*)$/;

// What an object does not have itself is asked of its prototypes: `items[i]` of this one.
const indexed = new Proxy(Object.create(Object.prototype), {
  get(target, key, items: SharedItems<unknown>) {
    return isIndex(key) ? items.at(Number(key)) : Reflect.get(target, key, items);
  },
  set(_, key, value, items: SharedItems<unknown>) {
    if (isIndex(key)) items.set(Number(key), value);
    return isIndex(key);
  },
});

function isIndex(key: string | symbol): key is string {
  return typeof key === 'string' && INDEX.test(key);
}

class Indexed {}
Object.setPrototypeOf(Indexed.prototype, indexed);

/**
 * An array in shared memory whose elements are structures or arrays. Elements are objects that show the memory, made
 * anew whenever one is read: `items[0].x = 1` changes the memory, and so does `items[0] = { x: 1, y: 2 }`.
 */
export interface SharedItems<T> {
  [index: number]: T;
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the prototype has what the interface says
export class SharedItems<T> extends Indexed implements Iterable<T> {
  readonly #type: ItemsType;
  readonly #place: Place;

  /** @internal */
  constructor(type: ItemsType, place: Place) {
    super();
    this.#type = type;
    this.#place = place;
  }

  get length(): number {
    return this.#type.length;
  }

  /** The element at this index, which counts from the end when it is negative; `undefined` where there is none. */
  at(index: number): T | undefined {
    const { element, length } = this.#type;
    const i = index < 0 ? length + index : index;
    return i >= 0 && i < length
      ? (element.read(elementPlace(element, this.#place, i)) as T)
      : undefined;
  }

  /**
   * Sets an element, as `items[index] = value`, to what an array may begin with.
   * @throws TypeError, RangeError: there is no such element, or the value is none.
   */
  set(index: number, value: unknown): void {
    const { element, length } = this.#type;
    if (!Number.isInteger(index)) throw invalidType('index', 'an integer', index);
    if (index < 0 || index >= length)
      throw outOfRange('index', `an integer from 0 to ${length - 1}`, index);
    element.write(elementPlace(element, this.#place, index), value, `[${index}]`);
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }

  toJSON(): T[] {
    return [...this];
  }

  /** @internal */
  [ORIGIN](): Origin {
    return { type: this.#type, place: this.#place };
  }

  /** @internal */
  [inspect.custom](): T[] {
    return [...this];
  }
}

registerView(SharedItems);
