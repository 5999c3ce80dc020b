/**
 * Strings. Short ones go character by character, because a call into Node costs more than the
 * characters; long ones in one call, as latin-1 when all is ASCII, as UTF-8, or as UTF-16 where
 * UTF-8 would lose something (lone surrogates) or is longer.
 */
import { malformed, type Reader } from './reader.js';
import { SHORT_STRING, SHORT_STRING_ROOM, Tag } from './tags.js';
import type { Writer } from './writer.js';

// Up to here a loop in JavaScript beats a call.
const LOOP_LENGTH = 64;
// Above this the size is measured first, instead of making room for the worst case.
const MEASURED_LENGTH = 1 << 24;

interface WellFormed {
  isWellFormed(): boolean;
}

export function writeString(out: Writer, value: string): void {
  const { length } = value;
  if (length > LOOP_LENGTH || !writeLatin1(out, value, length)) {
    writeLong(out, value);
  }
}

/** Writes a string of latin-1 characters only; else leaves all as it was and says `false`. */
function writeLatin1(out: Writer, value: string, length: number): boolean {
  out.ensure(length + 2);
  const { bytes, position } = out;
  let at = position + (length < SHORT_STRING_ROOM ? 1 : 2);
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit > 0xff) return false;
    bytes[at++] = unit;
  }
  if (length < SHORT_STRING_ROOM) {
    bytes[position] = SHORT_STRING + length;
  } else {
    bytes[position] = Tag.LATIN1;
    bytes[position + 1] = length;
  }
  out.position = at;
  return true;
}

function writeLong(out: Writer, value: string): void {
  const { length } = value;
  const worst = length > MEASURED_LENGTH ? Buffer.byteLength(value) : length * 3;
  out.ensure(Math.max(worst, length * 2) + 9);
  const { position } = out;
  // Hoping for ASCII, whose header is known before.
  out.byte(Tag.LATIN1);
  out.unsigned(length);
  const start = out.position;
  const written = out.bytes.write(value, start, 'utf8');
  if (written === length) {
    out.position = start + written;
    return;
  }
  out.position = position;
  if (written < length * 2 && (value as unknown as WellFormed).isWellFormed()) {
    writeUtf8(out, start, written);
  } else {
    out.byte(Tag.UTF16);
    out.unsigned(length * 2);
    out.position += out.bytes.write(value, out.position, 'utf16le');
  }
}

/** Puts the header before UTF-8 that was written for another header. */
function writeUtf8(out: Writer, start: number, size: number): void {
  out.byte(Tag.UTF8);
  out.unsigned(size);
  out.ensure(size);
  if (out.position !== start) {
    out.bytes.copyWithin(out.position, start, start + size);
  }
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

export function readUtf8(input: Reader): string {
  const size = input.count(1);
  const start = input.skip(size);
  return input.bytes.toString('utf8', start, start + size);
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
  if (tag === Tag.UTF8) return readUtf8(input);
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
