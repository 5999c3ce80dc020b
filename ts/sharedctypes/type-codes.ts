/** What numbers and characters in shared memory are called, and how they are stored. */
import { invalidType } from '../validate.js';

type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

export type AnyArray = NumberArray | BigInt64Array | BigUint64Array;

interface NumberTypes {
  b: Int8Array;
  B: Uint8Array;
  h: Int16Array;
  H: Uint16Array;
  i: Int32Array;
  I: Uint32Array;
  l: BigInt64Array;
  L: BigUint64Array;
  q: BigInt64Array;
  Q: BigUint64Array;
  f: Float32Array;
  d: Float64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  bigint64: BigInt64Array;
  biguint64: BigUint64Array;
  float32: Float32Array;
  float64: Float64Array;
}

/** How a number is stored. */
export type NumberCode = keyof NumberTypes;

/** How a character is stored: `c` is a byte, `u` is C's `wchar_t`, of 32 bits. */
export type CharacterCode = 'c' | 'u';

/**
 * How something is stored: a code of Python's `array` and `ctypes`, or the name of a typed array. `l` and `L` are C's
 * `long`, of 64 bits on the platforms where this runs; numbers of 64 bits are BigInts.
 */
export type TypeCode = NumberCode | CharacterCode;

/** The typed array that holds numbers of this code. */
export type NumberArrayOf<C extends NumberCode> = NumberTypes[C];

/** A number as it is read and written. */
export type NumberOf<C extends NumberCode> = NumberTypes[C] extends BigInt64Array | BigUint64Array
  ? bigint
  : number;

export type ArrayClass = {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): AnyArray;
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
};

/** The ways to store a number: an index in this list stands for one. */
export const arrayClasses: readonly ArrayClass[] = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
] as const;

const indices: Record<NumberCode, number> = {
  b: 0,
  B: 1,
  h: 2,
  H: 3,
  i: 4,
  I: 5,
  q: 6,
  l: 6,
  Q: 7,
  L: 7,
  f: 8,
  d: 9,
  int8: 0,
  uint8: 1,
  int16: 2,
  uint16: 3,
  int32: 4,
  uint32: 5,
  bigint64: 6,
  biguint64: 7,
  float32: 8,
  float64: 9,
};

/** The index of what a code stands for; `undefined` when it is none of a number. */
export function indexOfCode(code: unknown): number | undefined {
  const isCode = typeof code === 'string' && Object.hasOwn(indices, code);
  return isCode ? indices[code as NumberCode] : undefined;
}

/**
 * The typed array for numbers of this code.
 * @throws TypeError ERR_INVALID_ARG_TYPE
 */
export function classOfCode(code: unknown): ArrayClass {
  const index = indexOfCode(code);
  if (index !== undefined) return arrayClasses[index]!;
  throw invalidType('code', `one of ${Object.keys(indices).join(', ')}`, code);
}

/** Whether its elements are BigInts. */
export function holdsBigInts(cls: ArrayClass): boolean {
  return cls.name.startsWith('Big');
}

/** What Python has besides, and what is an address. */
const POINTERS = new Set<unknown>(['P', 'O', 'z', 'Z']);

/** @throws TypeError ERR_INVALID_ARG_TYPE */
export function refuseType(name: string, type: unknown): never {
  if (POINTERS.has(type)) {
    throw invalidType(name, 'no pointer, which means nothing in another process', type);
  }
  const codes = ['c', 'u', ...Object.keys(indices)].join(', ');
  throw invalidType(name, `one of ${codes}, a structure, or [type, length]`, type);
}
