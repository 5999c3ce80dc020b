import { registerReducer } from '../serialization/codec.js';
import { validateOptions } from '../validate.js';
import { RawArray } from './array.js';
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
  type ArrayOf,
  classOfCode,
  type ElementOf,
  holdsBigInts,
  type TypeCode,
} from './type-codes.js';

type Cell = ArrayOf<TypeCode>;
type Integers = Exclude<Cell, Float32Array | Float64Array>;

const cells = new WeakMap<object, Cell>();
const cellOf = (value: object): Cell => cells.get(value)!;

/** A number in memory that processes share. */
export class SharedNumber<T extends number | bigint = number | bigint> {
  /** @internal */
  constructor(cell: Cell) {
    cells.set(this, cell);
  }

  /** The number. To read it and write it is each done at once, but not both together. */
  get value(): T {
    return cellOf(this)[0] as T;
  }

  set value(value: T) {
    (cellOf(this) as { [index: number]: number | bigint })[0] = value;
  }

  /**
   * Adds to the number, in one step that no other `add` comes between; without any lock.
   * @returns The sum, as it is stored.
   * @see Python: none; `with value.get_lock(): value.value += n`
   */
  add(amount: T): T {
    const cell = cellOf(this);
    if (cell instanceof Float32Array || cell instanceof Float64Array) {
      return addFloat(cell, amount as number) as T;
    }
    const before = Atomics.add(cell as Int32Array, 0, amount as number);
    return sumIn(cell, before, amount) as T;
  }

  toString(): string {
    return String(this.value);
  }
}

/** As it would be stored: integers wrap. */
function sumIn(cell: Integers, before: number | bigint, amount: number | bigint): number | bigint {
  // `slice` gives a plain array of the same type.
  const sum = cell.slice(0, 1) as { [index: number]: number | bigint };
  sum[0] = (before as number) + (amount as number);
  return sum[0];
}

/** Floats have no atomic sum: their bits are replaced as long as somebody else was faster. */
function addFloat(cell: Float32Array | Float64Array, amount: number): number {
  const isDouble = cell instanceof Float64Array;
  const bits = isDouble
    ? new BigInt64Array(cell.buffer, cell.byteOffset, 1)
    : new Int32Array(cell.buffer, cell.byteOffset, 1);
  const sum = isDouble ? new Float64Array(1) : new Float32Array(1);
  const sumBits = isDouble ? new BigInt64Array(sum.buffer) : new Int32Array(sum.buffer);
  for (;;) {
    const seen = Atomics.load(bits as Int32Array, 0);
    (sumBits as Int32Array)[0] = seen;
    sum[0] = sum[0]! + amount;
    if (Atomics.compareExchange(bits as Int32Array, 0, seen, sumBits[0] as number) === seen)
      return sum[0]!;
  }
}

/** A number in memory that processes share, and a lock for it. */
export class SynchronizedNumber<T extends number | bigint = number | bigint>
  extends SharedNumber<T>
  implements Synchronized
{
  // What all that has a lock has in common.
  declare getLock: Synchronized['getLock'];
  declare acquire: Synchronized['acquire'];
  declare acquireSync: Synchronized['acquireSync'];
  declare release: Synchronized['release'];
  declare with: Synchronized['with'];
  declare withSync: Synchronized['withSync'];

  /** @internal */
  constructor(cell: Cell, lock: AnyLock) {
    super(cell);
    giveLock(this, lock);
  }
}

Object.defineProperties(SynchronizedNumber.prototype, lockMethods);

registerReducer<SharedNumber, Cell>(
  SharedNumber,
  { reduce: (value) => cellOf(value), rebuild: (cell) => new SharedNumber(cell) },
  { name: 'SharedNumber' },
);
registerReducer<SynchronizedNumber, readonly [Cell, AnyLock]>(
  SynchronizedNumber,
  {
    reduce: (value) => [cellOf(value), lockOf(value)],
    rebuild: ([cell, lock]) => new SynchronizedNumber(cell, lock),
  },
  { name: 'SynchronizedNumber' },
);

/**
 * A number that this process shares with its descendants.
 * @param value - Default: 0
 * @throws TypeError ERR_INVALID_ARG_TYPE; a system error when there is no memory
 * @see Python: `multiprocessing.RawValue`
 */
export function RawValue<C extends TypeCode>(
  typecode: C,
  value?: ElementOf<C>,
): SharedNumber<ElementOf<C>> {
  return new SharedNumber(cellFor(typecode, value));
}

/**
 * As `RawValue`, with a lock.
 * @throws As `RawValue`
 * @see Python: `multiprocessing.Value`, which takes the lock for each access.
 */
export function Value<C extends TypeCode>(
  typecode: C,
  value: ElementOf<C> | undefined,
  options: SharedOptions & { lock: false },
): SharedNumber<ElementOf<C>>;
export function Value<C extends TypeCode>(
  typecode: C,
  value?: ElementOf<C>,
  options?: SharedOptions,
): SynchronizedNumber<ElementOf<C>>;
export function Value<C extends TypeCode>(
  typecode: C,
  value?: ElementOf<C>,
  options?: SharedOptions,
): SharedNumber<ElementOf<C>> {
  const lock = toLock(validateOptions(options).lock);
  const cell = cellFor(typecode, value);
  return lock === undefined ? new SharedNumber(cell) : new SynchronizedNumber(cell, lock);
}

function cellFor(typecode: TypeCode, value: number | bigint | undefined): Cell {
  const zero = holdsBigInts(classOfCode(typecode)) ? 0n : 0;
  return RawArray(typecode, [(value ?? zero) as never]);
}
