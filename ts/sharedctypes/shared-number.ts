import type { DataType } from './data-type.js';
import { Memory } from './memory.js';
import { lockMethods, type Synchronized } from './synchronized.js';
import type { AnyArray } from './type-codes.js';
import { ORIGIN, type Origin, registerView } from './views.js';

type Integers = Exclude<AnyArray, Float32Array | Float64Array>;

/** A number in memory that processes share. */
export class SharedNumber<T extends number | bigint = number | bigint> {
  readonly #type: DataType;
  readonly #cell: AnyArray;

  /** @internal */
  constructor(type: DataType, cell: AnyArray) {
    this.#type = type;
    this.#cell = cell;
  }

  /** The number. To read it and write it is each done at once, but not both together. */
  get value(): T {
    return this.#cell[0] as T;
  }

  set value(value: T) {
    (this.#cell as { [index: number]: number | bigint })[0] = value;
  }

  /**
   * Adds to the number, in one step that no other `add` comes between; without any lock.
   * @returns The sum, as it is stored.
   * @see Python: none; `with value.get_lock(): value.value += n`
   */
  add(amount: T): T {
    const cell = this.#cell;
    if (cell instanceof Float32Array || cell instanceof Float64Array) {
      return addFloat(cell, amount as number) as T;
    }
    const before = Atomics.add(cell as Int32Array, 0, amount as number);
    return sumIn(cell, before, amount) as T;
  }

  toString(): string {
    return String(this.value);
  }

  /** @internal */
  [ORIGIN](): Origin {
    const cell = this.#cell;
    return { type: this.#type, place: { memory: Memory.of(cell), start: cell.byteOffset } };
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
}

Object.defineProperties(SynchronizedNumber.prototype, lockMethods);
registerView(SharedNumber);
registerView(SynchronizedNumber);

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
