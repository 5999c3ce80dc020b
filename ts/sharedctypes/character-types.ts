import { registerReducer } from '../serialization/codec.js';
import { outOfRange } from '../validate.js';
import { ArrayViews, type ViewClass } from './array-classes.js';
import { CharacterArray, toBytes, toCodePoints, WideCharacterArray } from './characters.js';
import type { DataType } from './data-type.js';
import { clear, elementPlace, requireRoom } from './elements.js';
import type { Place } from './memory.js';
import { SharedCharacter, SynchronizedCharacter } from './shared-character.js';
import type { CharacterCode } from './type-codes.js';

/** What the two sorts of characters differ in. */
interface Sort {
  readonly name: CharacterCode;
  readonly arrays: ViewClass & { readonly BYTES_PER_ELEMENT: number };
  /** One of them, as programs have it. */
  toCharacter(code: number): Buffer | string;
  /** @throws TypeError */
  toCodes(text: unknown, name: string): ArrayLike<number>;
}

class CharacterType implements DataType<Buffer | string> {
  readonly name: CharacterCode;
  readonly size: number;
  readonly alignment: number;
  readonly #sort: Sort;
  readonly #arrays: ArrayViews;

  constructor(sort: Sort) {
    this.name = sort.name;
    this.size = sort.arrays.BYTES_PER_ELEMENT;
    this.alignment = this.size;
    this.#sort = sort;
    this.#arrays = new ArrayViews(this, sort.arrays);
  }

  read(place: Place): Buffer | string {
    return this.#sort.toCharacter(this.#codes(place)[0]!);
  }

  write(place: Place, value: unknown, name: string): void {
    const codes = this.#sort.toCodes(value, name);
    if (codes.length !== 1) throw outOfRange(name, 'one character', value);
    this.#codes(place).set(codes);
  }

  view(place: Place, synchronized: boolean): object {
    const cls = synchronized ? SynchronizedCharacter : SharedCharacter;
    return new cls({ type: this, place });
  }

  viewArray(place: Place, length: number, synchronized: boolean): object {
    return this.#arrays.view(place, length, synchronized);
  }

  countIn(values: unknown, name: string): number {
    return this.#sort.toCodes(values, name).length;
  }

  writeArray(place: Place, length: number, values: unknown, name: string): void {
    const codes = this.#sort.toCodes(values, name);
    requireRoom(codes.length, length, name);
    this.#codes(place, codes.length).set(codes);
    clear(elementPlace(this, place, codes.length), (length - codes.length) * this.size);
  }

  #codes({ memory, start }: Place, length = 1): Uint8Array | Uint32Array {
    const cls = this.size === 1 ? Uint8Array : Uint32Array;
    return new cls(memory.buffer, start, length);
  }
}

const sorts: Record<CharacterCode, Sort> = {
  c: {
    name: 'c',
    arrays: CharacterArray,
    toCharacter: (code) => Buffer.of(code),
    toCodes: toBytes,
  },
  u: {
    name: 'u',
    arrays: WideCharacterArray,
    toCharacter: (code) => String.fromCodePoint(code),
    toCodes: toCodePoints,
  },
};

const made: { [name in CharacterCode]?: CharacterType } = {};

/** Made when it is first needed. */
export function characterType(name: CharacterCode): CharacterType {
  made[name] ??= new CharacterType(sorts[name]);
  return made[name];
}

registerReducer<CharacterType, CharacterCode>(
  CharacterType,
  { reduce: ({ name }) => name, rebuild: characterType },
  { name: 'CharacterType' },
);
