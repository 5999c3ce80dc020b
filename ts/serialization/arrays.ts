/** Arrays: packed numbers, values, holes. What else is on them goes as properties. */
import { inspect } from 'node:util';
import { packedTag, readPacked, writePacked } from './numbers.js';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { Tag } from './tags.js';
import { itemStep } from './trail.js';

// Fewer numbers are not worth a look at each beforehand.
const SHORTEST_PACKED = 8;
const LONGEST_ARRAY = 2 ** 32 - 1;

/** Writes an array of this realm's or another's Array class. */
export function writeArray(out: PayloadWriter, array: unknown[]): void {
  out.remember(array);
  const packed = array.length < SHORTEST_PACKED ? 0 : packedTag(array);
  if (packed !== 0) {
    writePacked(out, array as number[], packed);
  } else if (array.length === 0) {
    out.byte(Tag.ARRAY_EMPTY);
  } else {
    out.byte(Tag.ARRAY);
    out.content(array, writeItems);
  }
}

function writeItems(out: PayloadWriter, array: unknown[]): void {
  const { length } = array;
  out.byte(Tag.ENTRIES);
  out.unsigned(length);
  for (let i = 0; i < length; ) {
    const item = readItem(out, array, i);
    if (item !== undefined || Object.hasOwn(array, i)) {
      writeItem(out, array, i++, item);
      continue;
    }
    const end = endOfHoles(array, i);
    if (end - i > LONG_GAP) {
      writeSparse(out, array, i);
      return;
    }
    writeHoles(out, end - i);
    i = end;
  }
}

function readItem(out: PayloadWriter, array: unknown[], index: number): unknown {
  try {
    return array[index];
  } catch (error) {
    throw out.failed(error, itemStep(array, index));
  }
}

function writeItem(out: PayloadWriter, array: unknown[], index: number, item: unknown): void {
  try {
    out.value(item);
  } catch (error) {
    throw out.failed(error, itemStep(array, index));
  }
}

function writeHoles(out: PayloadWriter, count: number): void {
  out.byte(Tag.HOLES);
  out.unsigned(count);
}

// After more holes in a row the array is taken for a sparse one.
const LONG_GAP = 1000;

function endOfHoles(array: unknown[], start: number): number {
  const end = Math.min(array.length, start + LONG_GAP + 1);
  let at = start + 1;
  while (at < end && !Object.hasOwn(array, at)) at++;
  return at;
}

/** Writes the rest of an array by the list of its indices, which come in ascending order. */
function writeSparse(out: PayloadWriter, array: unknown[], from: number): void {
  const { length } = array;
  let next = from;
  for (const key of Object.keys(array)) {
    if (!isIndex(key)) break;
    const index = Number(key);
    if (index < next || index >= length) continue;
    if (index > next) writeHoles(out, index - next);
    writeItem(out, array, index, readItem(out, array, index));
    next = index + 1;
  }
  if (next < length) writeHoles(out, length - next);
}

export function readArray(input: PayloadReader): unknown[] {
  const array: unknown[] = newArray(input);
  input.remember(array);
  input.content(array, readItems);
  return array;
}

export function readPackedArray(input: PayloadReader, tag: number): unknown[] {
  const target = input.takeTarget();
  const numbers = readPacked(input, tag);
  const array =
    target === undefined ? numbers : (Reflect.construct(Array, [], target) as unknown[]);
  if (array !== numbers) for (const number of numbers) array.push(number);
  input.remember(array);
  return array;
}

export function newArray(input: PayloadReader): unknown[] {
  const target = input.takeTarget();
  return target === undefined ? [] : Reflect.construct(Array, [], target);
}

function readItems(input: PayloadReader, array: unknown[]): void {
  if (input.byte() !== Tag.ENTRIES) throw malformed('expected items');
  const length = input.unsigned();
  if (length > LONGEST_ARRAY) throw malformed('an array is too long');
  let holes = 0;
  for (let i = 0; i < length; ) {
    if (input.peek() !== Tag.HOLES) {
      array[i++] = input.value();
      continue;
    }
    input.position++;
    const gap = input.unsigned();
    if (gap === 0 || gap > length - i) throw malformed('a hole is too large');
    i += gap;
    holes += gap;
    // Holes take no bytes: they may not take memory either.
    if (holes > 1024 + 8 * (i - holes)) makeSparse(array);
    array.length = i;
  }
}

/** Makes V8 keep the items in a dictionary; it goes back by itself when that is smaller. */
function makeSparse(array: unknown[]): void {
  const { length } = array;
  array.length = LONGEST_ARRAY;
  array.length = length;
}

// Above this, `inspect` is faster than a list of all indices.
const FEW_ITEMS = 48;

const NO_KEYS: string[] = [];

/** The own enumerable string keys that are no indices. */
export function extraKeys(array: unknown[]): string[] {
  const { length } = array;
  if (length > FEW_ITEMS && showsNoExtraKey(array)) return NO_KEYS;
  const keys = Object.keys(array);
  // Indices come first: when the last key is one, all are.
  const last = keys[keys.length - 1];
  if (last === undefined || last === String(length - 1)) return NO_KEYS;
  return keys.slice(firstNonIndex(keys));
}

function firstNonIndex(keys: readonly string[]): number {
  let at = keys.length;
  while (at > 0 && !isIndex(keys[at - 1]!)) at--;
  return at;
}

function isIndex(key: string): boolean {
  const index = Number(key) >>> 0;
  return String(index) === key && index !== LONGEST_ARRAY;
}

// Nothing in the language lists the other keys of an array without all its indices; `inspect` has
// a way inside Node. Any other text than the expected one only means a closer look.
function showsNoExtraKey(array: unknown[]): boolean {
  const shown = inspect(array, {
    maxArrayLength: 0,
    depth: 0,
    customInspect: false,
    showHidden: false,
    showProxy: false,
    getters: false,
    colors: false,
    numericSeparator: false,
    breakLength: Number.POSITIVE_INFINITY,
  });
  return shown === `[ ... ${array.length} more items ]`;
}
