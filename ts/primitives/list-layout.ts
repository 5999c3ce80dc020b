/**
 * Where CPython's ShareableList has what, in integers of 8 bytes, as this machine has them:
 *
 *     count, the offset of each item in the data and of their end, the data,
 *     the format of each item (8 bytes), how each is transformed (1 byte)
 *
 * CPython 3.8 had the size of each item instead, and so one integer less. Of a list that is not empty
 * the first offset is 0, and a size never is.
 */
import { PicklingError } from '../errors.js';
import type { PackedItem } from './list-items.js';

const WORD = 8;
// What is longer could not be written as a format.
const LARGEST_SLOT = 9_999_999;

export interface ListLayout {
  readonly length: number;
  /** Of each item in the segment, and of the end of the last one. */
  readonly offsets: Float64Array;
  /** In the segment, as are the next. */
  readonly formats: number;
  readonly transforms: number;
  readonly size: number;
}

/** The room that an item has, as CPython gives it: it always has a NUL behind it. */
export function slotSize({ format, bytes }: PackedItem): number {
  return format === 's' ? WORD * (Math.floor(bytes.length / WORD) + 1) : WORD;
}

export const isTooLong = (item: PackedItem) => slotSize(item) > LARGEST_SLOT;

/** The layout of a new list of these items. */
export function planLayout(items: readonly PackedItem[]): ListLayout {
  return layoutOf(items.map(slotSize), (items.length + 2) * WORD);
}

function layoutOf(sizes: readonly number[], start: number): ListLayout {
  const length = sizes.length;
  const offsets = new Float64Array(length + 1);
  offsets[0] = start;
  for (let i = 0; i < length; i++) offsets[i + 1] = offsets[i]! + sizes[i]!;
  const formats = offsets[length]!;
  const transforms = formats + length * WORD;
  return { length, offsets, formats, transforms, size: transforms + length };
}

/** Writes the count, which makes it a list, last. */
export function writeHeader(bytes: Buffer, { length, offsets }: ListLayout): void {
  const words = new BigInt64Array(bytes.buffer, 0, length + 2);
  for (let i = 0; i <= length; i++) words[i + 1] = BigInt(offsets[i]! - offsets[0]!);
  words[0] = BigInt(length);
}

/**
 * The layout of a list that is there.
 * @throws {PicklingError} when it is none.
 */
export function readLayout(bytes: Buffer, name: string): ListLayout {
  const words = new BigInt64Array(bytes.buffer, 0, Math.floor(bytes.length / WORD));
  const length = Number(words[0] ?? -1n);
  if (length === 0) return layoutOf([], 2 * WORD);
  // One word and the 9 bytes of format and transform at least for each item.
  if (length < 0 || length > bytes.length / (2 * WORD + 1)) throw noList(name);
  const hasOffsets = words[1] === 0n;
  const layout = layoutOf(
    hasOffsets ? differences(words, length) : sizes(words, length),
    (length + (hasOffsets ? 2 : 1)) * WORD,
  );
  const isSound = layout.offsets.every((at, i) => i === 0 || isSlot(at - layout.offsets[i - 1]!));
  if (!isSound || layout.size > bytes.length) throw noList(name);
  return layout;
}

const isSlot = (size: number) => size > 0 && size % WORD === 0;

const sizes = (words: BigInt64Array, length: number) =>
  Array.from({ length }, (_, i) => Number(words[i + 1]));

const differences = (words: BigInt64Array, length: number) =>
  Array.from({ length }, (_, i) => Number(words[i + 2]) - Number(words[i + 1]));

function noList(name: string): PicklingError {
  return new PicklingError(
    `Expected a ShareableList in the shared memory '${name}', found other bytes`,
  );
}
