/** What numbers in shared memory are called, and how they are stored. */
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

interface TypeNames {
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

/**
 * How numbers are stored: a code of Python's `array` and `ctypes`, or the name of a typed array. `l` and `L` are C's
 * `long`, of 64 bits on the platforms where this runs; numbers of 64 bits are BigInts.
 */
export type TypeCode = keyof TypeNames;

/** The typed array that holds what a code stands for. */
export type ArrayOf<C extends TypeCode> = TypeNames[C];

/** A number as it is read and written. */
export type ElementOf<C extends TypeCode> = TypeNames[C] extends BigInt64Array | BigUint64Array
  ? bigint
  : number;

export type ArrayClass = {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): AnyArray;
  readonly BYTES_PER_ELEMENT: number;
};

const classes: Record<TypeCode, ArrayClass> = {
  b: Int8Array,
  B: Uint8Array,
  h: Int16Array,
  H: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  l: BigInt64Array,
  L: BigUint64Array,
  q: BigInt64Array,
  Q: BigUint64Array,
  f: Float32Array,
  d: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bigint64: BigInt64Array,
  biguint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** @throws TypeError ERR_INVALID_ARG_TYPE */
export function classOfCode(code: unknown): ArrayClass {
  if (typeof code === 'string' && Object.hasOwn(classes, code)) return classes[code as TypeCode];
  throw invalidType('typecode', `one of ${Object.keys(classes).join(', ')}`, code);
}

/** Whether its elements are BigInts. */
export function holdsBigInts(cls: ArrayClass): boolean {
  return cls === BigInt64Array || cls === BigUint64Array;
}
