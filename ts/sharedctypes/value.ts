import { validateOptions } from '../validate.js';
import { Memory } from './memory.js';
import { resolveType } from './resolve-type.js';
import type { SharedCharacter, SynchronizedCharacter } from './shared-character.js';
import type { SharedNumber, SynchronizedNumber } from './shared-number.js';
import { type AnyLock, type SharedOptions, type Synchronized, toLock } from './synchronized.js';
import type { NumberCode, NumberOf } from './type-codes.js';
import type { ElementOf, InitOf, SharedType } from './type-specs.js';
import { show } from './views.js';

/** What shows one value of this type: of numbers and characters an object with a `value`, else the value itself. */
export type RawValueOf<T extends SharedType> = T extends NumberCode
  ? SharedNumber<NumberOf<T>>
  : T extends 'c' | 'u'
    ? SharedCharacter<ElementOf<T>>
    : ElementOf<T>;

/** The same, with a lock. */
export type ValueOf<T extends SharedType> = T extends NumberCode
  ? SynchronizedNumber<NumberOf<T>>
  : T extends 'c' | 'u'
    ? SynchronizedCharacter<ElementOf<T>>
    : ElementOf<T> & Synchronized;

/**
 * A number, a character, a structure or an array that this process shares with its descendants.
 * @param type - `'i'` or `'int32'`, `'d'` or `'float64'`, …; a class made by `Structure`; `[type, length]`.
 * @param value - Default: zeros
 * @throws TypeError ERR_INVALID_ARG_TYPE; RangeError ERR_OUT_OF_RANGE; a system error when there is no memory
 * @see Python: `multiprocessing.RawValue`; differs: the fields of a structure are one argument.
 */
export function RawValue<const T extends SharedType>(type: T, value?: InitOf<T>): RawValueOf<T> {
  return make(type, value) as RawValueOf<T>;
}

/**
 * As `RawValue`, with a lock.
 * @throws As `RawValue`
 * @see Python: `multiprocessing.Value`, which takes the lock for each access.
 */
export function Value<const T extends SharedType>(
  type: T,
  value: InitOf<T> | undefined,
  options: SharedOptions & { lock: false },
): RawValueOf<T>;
export function Value<const T extends SharedType>(
  type: T,
  value?: InitOf<T>,
  options?: SharedOptions,
): ValueOf<T>;
export function Value<const T extends SharedType>(
  type: T,
  value?: InitOf<T>,
  options?: SharedOptions,
): RawValueOf<T> {
  return make(type, value, toLock(validateOptions(options).lock)) as RawValueOf<T>;
}

function make(spec: SharedType, value: unknown, lock?: AnyLock): object {
  const type = resolveType(spec, 'type');
  const place = { memory: Memory.allocate(type.size), start: 0 };
  if (value !== undefined) type.write(place, value, 'value');
  return show({ type, place }, lock);
}
