/**
 * Strings. Short ones go character by character, because a call into Node costs more than the
 * characters; long ones in one call, as latin-1 or, when they have other characters, as UTF-16:
 * both are copies of what V8 has in memory. UTF-8 would be smaller here and there, takes twenty
 * times as long to read, and cannot say lone surrogates.
 */
import { malformed, type Reader } from './reader.js';
import { SHORT_STRING, SHORT_STRING_ROOM, Tag } from './tags.js';
import type { Writer } from './writer.js';

// V8 keeps most strings as latin-1, and then knows without looking that nothing matches.
const otherThanLatin1 = /[^\0-\xff]/;

export function writeString(out: Writer, value: string): void {
  if (value.length >= SHORT_STRING_ROOM || !writeShort(out, value)) {
    writeLong(out, value);
  }
}

/** Writes a short string of latin-1 characters; else leaves all as it was and says `false`. */
function writeShort(out: Writer, value: string): boolean {
  const { length } = value;
  out.ensure(length + 1);
  const { bytes, position } = out;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit > 0xff) return false;
    bytes[position + 1 + i] = unit;
  }
  bytes[position] = SHORT_STRING + length;
  out.position = position + 1 + length;
  return true;
}

function writeLong(out: Writer, value: string): void {
  const wide = otherThanLatin1.test(value);
  const size = wide ? value.length * 2 : value.length;
  out.byte(wide ? Tag.UTF16 : Tag.LATIN1);
  out.unsigned(size);
  out.ensure(size);
  out.bytes.write(value, out.position, wide ? 'utf16le' : 'latin1');
  out.position += size;
}

export function readShortString(input: Reader, length: number): string {
  const start = input.skip(length);
  const { bytes } = input;
  return length <= 12
    ? fromUnits(bytes, start, length)
    : bytes.toString('latin1', start, start + length);
}

export function readLatin1(input: Reader): string {
  const length = input.count(1);
  const start = input.skip(length);
  return input.bytes.toString('latin1', start, start + length);
}

export function readUtf16(input: Reader): string {
  const size = input.count(1);
  if (size % 2 !== 0) throw malformed('a UTF-16 string has half a unit');
  const start = input.skip(size);
  return input.bytes.toString('utf16le', start, start + size);
}

/** Reads a string where only a string may be: a key, a name. */
export function readString(input: Reader): string {
  const tag = input.byte();
  if (tag >= SHORT_STRING && tag < SHORT_STRING + SHORT_STRING_ROOM) {
    return readShortString(input, tag - SHORT_STRING);
  }
  if (tag === Tag.LATIN1) return readLatin1(input);
  if (tag === Tag.UTF16) return readUtf16(input);
  throw malformed('expected a string');
}

// Four at a time: the arguments of one call need no array.
function fromUnits(bytes: Uint8Array, start: number, length: number): string {
  const end = start + length;
  let text = '';
  let at = start;
  for (; at + 4 <= end; at += 4) {
    text += String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
  }
  for (; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
