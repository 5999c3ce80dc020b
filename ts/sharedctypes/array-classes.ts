/** Typed arrays that travel as the memory that they show; each class is made when it is first needed. */
import { ArrayType } from './array-type.js';
import type { DataType } from './data-type.js';
import { Memory, type Place } from './memory.js';
import type { ArrayClass } from './type-codes.js';
import { ORIGIN, type Origin, registerView, synchronizedClassOf } from './views.js';

export type ViewClass = new (
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
) => ArrayBufferView;

/** Makes views of arrays of one type. */
export class ArrayViews {
  readonly #element: DataType;
  readonly #base: ViewClass;
  #cls: ViewClass | undefined;

  constructor(element: DataType, base: ViewClass | ArrayClass) {
    this.#element = element;
    this.#base = base as ViewClass;
  }

  view({ memory, start }: Place, length: number, synchronized: boolean): object {
    this.#cls ??= deriveClass(this.#base, this.#element);
    const cls = synchronized ? synchronizedClassOf(this.#cls) : this.#cls;
    return new cls(memory.buffer, start, length);
  }
}

/** Parts and copies are of the base class: they do not travel as shared memory. */
function deriveClass(base: ViewClass, element: DataType): ViewClass {
  const derived = class extends (base as new (...args: unknown[]) => Int32Array<ArrayBuffer>) {
    static get [Symbol.species]() {
      return (base as unknown as Int32ArrayConstructor)[Symbol.species as never];
    }

    [ORIGIN](): Origin {
      const place = { memory: Memory.of(this), start: this.byteOffset };
      return { type: new ArrayType(element, this.length), place };
    }
  };
  Object.defineProperty(derived, 'name', { value: `Raw${base.name}` });
  registerView(derived);
  return derived as unknown as ViewClass;
}
