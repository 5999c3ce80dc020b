/** Items of a ShareableList, as CPython packs them: a format of its struct module, and a code. */
import { isUtf8 } from 'node:buffer';
import { PicklingError } from '../errors.js';
import { describeReceived, invalidType, outOfRange } from '../validate.js';

/** What a ShareableList holds; in Python `int`, `float`, `bool`, `str`, `bytes`, `None`. */
export type ShareableItem = number | bigint | boolean | string | Uint8Array | null;

/** A number that is a Python `float`, also where it is whole: see `ShareableList.float`. */
export class ShareableFloat {
  readonly value: number;

  constructor(value: number) {
    if (typeof value !== 'number') throw invalidType('value', 'a number', value);
    this.value = value;
  }
}

/** What may be written. */
export type ShareableInput = ShareableItem | ShareableFloat;

/** Why Python has to turn what it unpacks into something else. */
const Transform = { NONE: 0, STRING: 1, BYTES: 2, NULL: 3 } as const;

/** An item that the layout can hold, ready to be written. */
export interface PackedItem {
  /** Of the struct module; `'s'` for bytes, whose count is that of their slot. */
  readonly format: string;
  readonly transform: number;
  readonly bytes: Uint8Array;
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/**
 * Packs an item, or says why the layout cannot hold it.
 * @param where - What the item is called in errors.
 * @param intoFloat - It takes the place of a float: then a number stays one.
 */
export function packItem(item: unknown, where: string, intoFloat = false): PackedItem {
  if (item instanceof ShareableFloat) return packFloat(item.value);
  if (item instanceof Uint8Array) return packBytes(item, Transform.BYTES, where, item);
  switch (typeof item) {
    case 'number':
      return intoFloat || !isInteger(item) ? packFloat(item) : packInteger(BigInt(item), where);
    case 'bigint':
      return packInteger(item, where);
    case 'boolean':
      return packed('xxxxxxx?', Transform.NONE, (view) => view.setUint8(7, Number(item)));
    case 'string':
      return packString(item, where);
  }
  if (item === null) return packed('xxxxxx?x', Transform.NULL, () => {});
  throw invalidType(where, 'a number, a bigint, a boolean, a string, a Uint8Array or null', item);
}

// Beyond the safe ones a number stands for a range of integers, and in Python only -0.0 is negative.
const isInteger = (value: number) => Number.isSafeInteger(value) && !Object.is(value, -0);

function packed(format: string, transform: number, write: (view: DataView) => void): PackedItem {
  const bytes = new Uint8Array(8);
  write(new DataView(bytes.buffer));
  return { format, transform, bytes };
}

function packFloat(value: number): PackedItem {
  return packed('d', Transform.NONE, (view) => view.setFloat64(0, value, isLittleEndian));
}

function packInteger(value: bigint, where: string): PackedItem {
  if (value < MIN_INT || value > MAX_INT) {
    throw outOfRange(where, 'an integer of at most 64 bits', value);
  }
  return packed('q', Transform.NONE, (view) => view.setBigInt64(0, value, isLittleEndian));
}

function packString(text: string, where: string): PackedItem {
  if (!isWellFormed(text)) throw outOfRange(where, 'a string without lone surrogates', text);
  return packBytes(Buffer.from(text), Transform.STRING, where, text);
}

// String.prototype.isWellFormed is not among the types of Node 20.
const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);

// Whoever reads it takes the NULs at its end for the rest of the slot.
function packBytes(bytes: Uint8Array, transform: number, where: string, item: unknown): PackedItem {
  if (bytes.at(-1) !== 0) return { format: 's', transform, bytes };
  throw outOfRange(where, 'without a NUL at its end, which would be lost', item);
}

/** Undoes `packItem`; `slot`: the bytes of the item and what follows them in its place. */
export function unpackItem(format: string, transform: number, slot: Buffer): ShareableItem {
  if (transform === Transform.NULL) return null;
  if (format === 'q') return toNumber(viewOf(slot).getBigInt64(0, isLittleEndian));
  if (format === 'd') return viewOf(slot).getFloat64(0, isLittleEndian);
  if (format === 'xxxxxxx?') return slot[7] !== 0;
  if (!/^\d+s$/.test(format)) throw malformedItem(`the unknown format ${describeReceived(format)}`);
  const bytes = withoutPadding(slot.subarray(0, Number.parseInt(format, 10)));
  if (transform !== Transform.STRING) return Buffer.from(bytes);
  if (isUtf8(bytes)) return bytes.toString();
  throw malformedItem('text that is not UTF-8');
}

function malformedItem(what: string): PicklingError {
  return new PicklingError(`Expected an item of a ShareableList, found ${what}`);
}

const viewOf = ({ buffer, byteOffset }: Buffer) => new DataView(buffer, byteOffset, 8);

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function withoutPadding(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** Whether two items are the same in JavaScript: 1 and 1n are, 1 and true are not. */
export function isSameItem(one: ShareableItem, other: unknown): boolean {
  if (one instanceof Uint8Array) {
    return other instanceof Uint8Array && Buffer.compare(one, other) === 0;
  }
  if (typeof one === 'bigint' || typeof other === 'bigint') {
    const isNumeric = typeof one !== 'string' && typeof other !== 'string';
    // biome-ignore lint/suspicious/noDoubleEquals: of a number and a bigint, by value.
    return isNumeric && typeof one !== 'boolean' && typeof other !== 'boolean' && one == other;
  }
  return one === (other instanceof ShareableFloat ? other.value : other);
}
