/** Lists of nothing but numbers travel as their bytes. */

export interface Packed {
  readonly ints: boolean;
  readonly bytes: Uint8Array;
}

const MIN_ITEMS = 2;

/** @returns Undefined when there is anything but numbers in the list, or hardly anything at all. */
export function pack(items: readonly unknown[]): Packed | undefined {
  if (items.length < MIN_ITEMS) return undefined;
  let ints = true;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== 'number') return undefined;
    // -0 is no integer of 32 bits.
    if (ints && ((item | 0) !== item || Object.is(item, -0))) ints = false;
  }
  const numbers = new (ints ? Int32Array : Float64Array)(items as readonly number[]);
  return { ints, bytes: new Uint8Array(numbers.buffer) };
}

/** Copies: the bytes may be the memory of a ring, and stand anywhere. */
export function unpack(bytes: Uint8Array, ints: boolean): number[] {
  const { buffer } = bytes.slice();
  const numbers = ints ? new Int32Array(buffer) : new Float64Array(buffer);
  // Array.from takes ten times as long.
  const items = new Array<number>(numbers.length);
  for (let i = 0; i < items.length; i++) items[i] = numbers[i]!;
  return items;
}
