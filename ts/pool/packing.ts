/** Lists of nothing but numbers travel as their bytes. */

export interface Packed {
  readonly ints: boolean;
  /** Valid until the next call of `pack`. */
  readonly bytes: Uint8Array;
}

// Most tasks are of one item, and to make memory for it takes longer than all the rest.
const oneInt = new Int32Array(1);
const oneFloat = new Float64Array(1);
const oneIntBytes = new Uint8Array(oneInt.buffer);
const oneFloatBytes = new Uint8Array(oneFloat.buffer);

/** @returns Undefined when there is anything but numbers in the list, or nothing at all. */
export function pack(items: readonly unknown[]): Packed | undefined {
  if (items.length === 0) return undefined;
  let ints = true;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== 'number') return undefined;
    // -0 is no integer of 32 bits.
    if (ints && ((item | 0) !== item || Object.is(item, -0))) ints = false;
  }
  return items.length === 1 ? packOne(items[0] as number, ints) : packMany(items, ints);
}

function packOne(item: number, ints: boolean): Packed {
  (ints ? oneInt : oneFloat)[0] = item;
  return { ints, bytes: ints ? oneIntBytes : oneFloatBytes };
}

function packMany(items: readonly unknown[], ints: boolean): Packed {
  const numbers = new (ints ? Int32Array : Float64Array)(items as readonly number[]);
  return { ints, bytes: new Uint8Array(numbers.buffer) };
}

/** Copies: the bytes may be the memory of a ring, and stand anywhere. */
export function unpack(bytes: Uint8Array, ints: boolean): number[] {
  if (bytes.length === (ints ? 4 : 8)) return unpackOne(bytes, ints);
  const { buffer } = bytes.slice();
  const numbers = ints ? new Int32Array(buffer) : new Float64Array(buffer);
  // Array.from takes ten times as long.
  const items = new Array<number>(numbers.length);
  for (let i = 0; i < items.length; i++) items[i] = numbers[i]!;
  return items;
}

function unpackOne(bytes: Uint8Array, ints: boolean): number[] {
  const memory = ints ? oneIntBytes : oneFloatBytes;
  for (let i = 0; i < memory.length; i++) memory[i] = bytes[i]!;
  return [(ints ? oneInt : oneFloat)[0]!];
}
