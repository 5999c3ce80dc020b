import { type AnyClass, registerReducer } from '../serialization/codec.js';
import { invalidType, validateInteger, validateOptions } from '../validate.js';
import { allocateView, attachView, type SentView, sendView } from './memory.js';
import {
  type AnyLock,
  giveLock,
  lockMethods,
  lockOf,
  type SharedOptions,
  type Synchronized,
  toLock,
} from './synchronized.js';
import {
  type AnyArray,
  type ArrayClass,
  type ArrayOf,
  classOfCode,
  type ElementOf,
  type TypeCode,
} from './type-codes.js';

/** A typed array in shared memory, with a lock. */
export type SharedArray<C extends TypeCode> = ArrayOf<C> & Synchronized;

interface Classes {
  readonly raw: ArrayClass;
  readonly locked: ArrayClass;
}

const made = new Map<ArrayClass, Classes>();

/**
 * A typed array in memory that this process shares with its descendants: reading and writing are as fast as in any
 * other. It travels in any way, as the same memory, and is freed when no process has it any more. Parts and copies
 * of it (`subarray`, `slice`, …) are plain typed arrays.
 * @param typecode - How numbers are stored: `'i'` or `'int32'`, `'d'` or `'float64'`, …
 * @param sizeOrInitializer - How many zeros; or the numbers.
 * @throws TypeError ERR_INVALID_ARG_TYPE; RangeError ERR_OUT_OF_RANGE; a system error when there is no memory
 * @see Python: `multiprocessing.RawArray`
 */
export function RawArray<C extends TypeCode>(
  typecode: C,
  sizeOrInitializer: number | Iterable<ElementOf<C>>,
): ArrayOf<C> {
  return make<ArrayOf<C>>(classesFor(typecode).raw, sizeOrInitializer);
}

/**
 * As `RawArray`, with a lock: `with()` and its kin hold it. Single elements are read and written without it.
 * @throws As `RawArray`
 * @see Python: `multiprocessing.Array`, which takes the lock for each access; differs: one that is a typed array.
 */
function SharedArrayFunction<C extends TypeCode>(
  typecode: C,
  sizeOrInitializer: number | Iterable<ElementOf<C>>,
  options: SharedOptions & { lock: false },
): ArrayOf<C>;
function SharedArrayFunction<C extends TypeCode>(
  typecode: C,
  sizeOrInitializer: number | Iterable<ElementOf<C>>,
  options?: SharedOptions,
): SharedArray<C>;
function SharedArrayFunction<C extends TypeCode>(
  typecode: C,
  sizeOrInitializer: number | Iterable<ElementOf<C>>,
  options?: SharedOptions,
): ArrayOf<C> {
  const lock = toLock(validateOptions(options).lock);
  if (lock === undefined) return RawArray(typecode, sizeOrInitializer);
  const array = make<SharedArray<C>>(classesFor(typecode).locked, sizeOrInitializer);
  giveLock(array, lock);
  return array;
}

export { SharedArrayFunction as Array };

function make<A extends AnyArray>(
  cls: ArrayClass,
  sizeOrInitializer: number | Iterable<number | bigint>,
): A {
  if (typeof sizeOrInitializer === 'number') {
    return allocateView(cls, validateInteger('sizeOrInitializer', sizeOrInitializer));
  }
  const isIterable = Symbol.iterator in Object(sizeOrInitializer ?? {});
  if (!isIterable) {
    throw invalidType(
      'sizeOrInitializer',
      'a number, or an iterable of numbers',
      sizeOrInitializer,
    );
  }
  const values = [...sizeOrInitializer];
  const array = allocateView<A>(cls, values.length);
  (array as { set(values: readonly unknown[]): void }).set(values);
  return array;
}

function classesFor(typecode: TypeCode): Classes {
  const base = classOfCode(typecode);
  return made.get(base)!;
}

/** Subclasses whose objects travel as the memory that they show. */
function defineClasses(base: ArrayClass): void {
  const raw = derive(base, `Raw${(base as { name?: string }).name}`);
  const locked = derive(base, `Shared${(base as { name?: string }).name}`);
  Object.defineProperties((locked as unknown as Function).prototype, lockMethods);
  register<SentView>(raw, sendView, (sent) => attachView(raw, sent));
  register<readonly [SentView, AnyLock]>(
    locked,
    (view, context) => [sendView(view, context), lockOf(view)],
    ([sent, lock]) => {
      const array = attachView(locked, sent);
      giveLock(array, lock);
      return array;
    },
  );
  made.set(base, { raw, locked });
}

function derive(base: ArrayClass, name: string): ArrayClass {
  const derived = class extends (base as unknown as new (...args: unknown[]) => object) {
    static get [Symbol.species]() {
      return base;
    }
  };
  Object.defineProperty(derived, 'name', { value: name });
  return derived as unknown as ArrayClass;
}

function register<R>(
  cls: ArrayClass,
  reduce: (view: AnyArray, context: Parameters<typeof sendView>[1]) => R,
  rebuild: (sent: R) => object,
): void {
  const { name } = cls as unknown as { name: string };
  registerReducer<object, R>(
    cls as unknown as AnyClass<object>,
    { reduce: (view, context) => reduce(view as AnyArray, context), rebuild },
    { name },
  );
}

for (const base of [
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
]) {
  defineClasses(base as unknown as ArrayClass);
}
