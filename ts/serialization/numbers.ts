/** Numbers and BigInts, alone and as packed arrays. */
import { malformed, type Reader } from './reader.js';
import { Tag } from './tags.js';
import type { Writer } from './writer.js';

export function writeNumber(out: Writer, value: number): void {
  const integer = value | 0;
  if (integer !== value || (integer === 0 && 1 / value < 0)) {
    out.byte(Tag.FLOAT64);
    out.float64(value);
  } else if (integer >= 0 && integer < 0x80) {
    out.byte(integer);
  } else {
    writeInteger(out, integer);
  }
}

function writeInteger(out: Writer, value: number): void {
  out.ensure(5);
  const at = out.position + 1;
  const width = widthOf(value, value);
  if (width === 1) out.view.setInt8(at, value);
  else if (width === 2) out.view.setInt16(at, value, true);
  else out.view.setInt32(at, value, true);
  out.byte(width === 1 ? Tag.INT8 : width === 2 ? Tag.INT16 : Tag.INT32);
  out.position = at + width;
}

function widthOf(smallest: number, largest: number): 1 | 2 | 4 {
  if (smallest >= -0x80 && largest < 0x80) return 1;
  return smallest >= -0x8000 && largest < 0x8000 ? 2 : 4;
}

export function readInt8(input: Reader): number {
  return (input.byte() << 24) >> 24;
}

export function readInt16(input: Reader): number {
  const low = input.byte();
  return ((low | (input.byte() << 8)) << 16) >> 16;
}

export function readInt32(input: Reader): number {
  return input.uint32() | 0;
}

/** How an array of nothing but numbers is packed, or 0 when it is none. */
export function packedTag(array: readonly unknown[]): number {
  let smallest = 0;
  let largest = 0;
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (typeof item !== 'number') return 0;
    const integer = item | 0;
    if (integer !== item || (integer === 0 && 1 / item < 0)) {
      return onlyNumbers(array, i) ? Tag.PACKED_FLOAT64 : 0;
    }
    if (integer < smallest) smallest = integer;
    else if (integer > largest) largest = integer;
  }
  const width = widthOf(smallest, largest);
  if (width === 1) return Tag.PACKED_INT8;
  return width === 2 ? Tag.PACKED_INT16 : Tag.PACKED_INT32;
}

function onlyNumbers(array: readonly unknown[], from: number): boolean {
  for (let i = from; i < array.length; i++) {
    if (typeof array[i] !== 'number') return false;
  }
  return true;
}

const packedWidths = new Map<number, 1 | 2 | 4 | 8>([
  [Tag.PACKED_INT8, 1],
  [Tag.PACKED_INT16, 2],
  [Tag.PACKED_INT32, 4],
  [Tag.PACKED_FLOAT64, 8],
]);

export function writePacked(out: Writer, array: readonly number[], tag: number): void {
  const { length } = array;
  const width = packedWidths.get(tag)!;
  out.byte(tag);
  out.unsigned(length);
  out.ensure(length * width);
  const { view } = out;
  let at = out.position;
  for (let i = 0; i < length; i++, at += width) {
    if (width === 8) view.setFloat64(at, array[i]!, true);
    else if (width === 4) view.setInt32(at, array[i]!, true);
    else if (width === 2) view.setInt16(at, array[i]!, true);
    else view.setInt8(at, array[i]!);
  }
  out.position = at;
}

// Longer arrays made with their length at once would be dictionaries.
const LONGEST_PRESIZED = 2 ** 24;

export function readPacked(input: Reader, tag: number): number[] {
  const width = packedWidths.get(tag)!;
  const length = input.count(width);
  let at = input.skip(length * width);
  const { buffer, byteOffset, byteLength } = input.bytes;
  const view = new DataView(buffer, byteOffset, byteLength);
  const array: number[] = length > LONGEST_PRESIZED ? [] : new Array(length);
  for (let i = 0; i < length; i++, at += width) {
    if (width === 8) array[i] = view.getFloat64(at, true);
    else if (width === 4) array[i] = view.getInt32(at, true);
    else if (width === 2) array[i] = view.getInt16(at, true);
    else array[i] = view.getInt8(at);
  }
  return array;
}

export function writeBigInt(out: Writer, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    out.byte(Tag.BIGINT64);
    out.ensure(8);
    out.view.setBigInt64(out.position, value, true);
    out.position += 8;
    return;
  }
  // In base 16, which takes linear time both ways.
  const digits = value.toString(16);
  out.byte(Tag.BIGINT);
  out.unsigned(digits.length);
  out.ensure(digits.length);
  out.position += out.bytes.write(digits, out.position, 'latin1');
}

export function readBigInt64(input: Reader): bigint {
  const start = input.skip(8);
  return input.bytes.readBigInt64LE(start);
}

export function readBigInt(input: Reader): bigint {
  const length = input.count(1);
  const start = input.skip(length);
  const digits = input.bytes.toString('latin1', start, start + length);
  if (!/^-?[0-9a-f]+$/.test(digits)) throw malformed('a BigInt has no digits');
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}
