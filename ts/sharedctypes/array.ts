import { invalidType, validateInteger, validateOptions } from '../validate.js';
import { ArrayType } from './array-type.js';
import type { DataType } from './data-type.js';
import { Memory } from './memory.js';
import { resolveType } from './resolve-type.js';
import { type AnyLock, type SharedOptions, type Synchronized, toLock } from './synchronized.js';
import type { ArrayInitOf, ArrayOf, SharedType } from './type-specs.js';
import { show } from './views.js';

/** An array in shared memory, with a lock. */
export type SharedArray<T extends SharedType> = ArrayOf<T> & Synchronized;

/**
 * An array in memory that this process shares with its descendants. Of numbers it is a typed array: reading and writing
 * are as fast as in any other. It travels in any way, as the same memory, and is freed when no process has it any more.
 * Parts and copies of typed arrays (`subarray`, `slice`, …) are plain ones.
 * @param type - `'i'` or `'int32'`, `'d'` or `'float64'`, …; `'c'` and `'u'` for text; a structure; `[type, length]`.
 * @param sizeOrInitializer - How many zeros; or the values.
 * @throws TypeError ERR_INVALID_ARG_TYPE; RangeError ERR_OUT_OF_RANGE; a system error when there is no memory
 * @see Python: `multiprocessing.RawArray`
 */
export function RawArray<const T extends SharedType>(
  type: T,
  sizeOrInitializer: number | ArrayInitOf<T>,
): ArrayOf<T> {
  return make(type, sizeOrInitializer) as ArrayOf<T>;
}

/**
 * As `RawArray`, with a lock: `with()` and its kin hold it. Single elements are read and written without it.
 * @throws As `RawArray`
 * @see Python: `multiprocessing.Array`, which takes the lock for each access; differs: one that is a typed array.
 */
function SharedArrayFunction<const T extends SharedType>(
  type: T,
  sizeOrInitializer: number | ArrayInitOf<T>,
  options: SharedOptions & { lock: false },
): ArrayOf<T>;
function SharedArrayFunction<const T extends SharedType>(
  type: T,
  sizeOrInitializer: number | ArrayInitOf<T>,
  options?: SharedOptions,
): SharedArray<T>;
function SharedArrayFunction<const T extends SharedType>(
  type: T,
  sizeOrInitializer: number | ArrayInitOf<T>,
  options?: SharedOptions,
): ArrayOf<T> {
  const lock = toLock(validateOptions(options).lock);
  return make(type, sizeOrInitializer, lock) as ArrayOf<T>;
}

export { SharedArrayFunction as Array };

function make(type: SharedType, sizeOrInitializer: unknown, lock?: AnyLock): object {
  const element = resolveType(type, 'type');
  const array = new ArrayType(element, lengthFor(element, sizeOrInitializer));
  const place = { memory: Memory.allocate(array.size), start: 0 };
  if (typeof sizeOrInitializer !== 'number') {
    array.write(place, sizeOrInitializer, 'sizeOrInitializer');
  }
  return show({ type: array, place }, lock);
}

function lengthFor(element: DataType, sizeOrInitializer: unknown): number {
  const name = 'sizeOrInitializer';
  if (typeof sizeOrInitializer === 'number') return validateInteger(name, sizeOrInitializer);
  if (typeof sizeOrInitializer === 'object' || typeof sizeOrInitializer === 'string') {
    return element.countIn(sizeOrInitializer, name);
  }
  throw invalidType(name, 'a number, or an iterable of values', sizeOrInitializer);
}
