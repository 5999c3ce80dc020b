/** Arrays that are written element by element. */
import { types } from 'node:util';
import { invalidType, outOfRange } from '../validate.js';
import type { DataType } from './data-type.js';
import type { Place } from './memory.js';

/** @throws TypeError */
export function toList(values: unknown, name: string): ArrayLike<unknown> {
  if (Array.isArray(values) || types.isTypedArray(values)) return values;
  if (typeof values !== 'string' && Symbol.iterator in Object(values ?? {})) {
    return [...(values as Iterable<unknown>)];
  }
  throw invalidType(name, 'an iterable of values', values);
}

export function writeElements(
  type: DataType,
  place: Place,
  length: number,
  values: unknown,
  name: string,
): void {
  const list = toList(values, name);
  requireRoom(list.length, length, name);
  for (let i = 0; i < list.length; i++) {
    type.write(elementPlace(type, place, i), list[i], `${name}[${i}]`);
  }
  clear(elementPlace(type, place, list.length), (length - list.length) * type.size);
}

export function elementPlace(type: DataType, { memory, start }: Place, index: number): Place {
  return { memory, start: start + index * type.size };
}

/** @throws RangeError */
export function requireRoom(count: number, length: number, name: string): void {
  if (count > length) throw outOfRange(name, `at most ${length} long`, count);
}

export function clear({ memory, start }: Place, bytes: number): void {
  new Uint8Array(memory.buffer, start, bytes).fill(0);
}

/** Both are of one type, and may be the same. */
export function copyBytes(from: Place, to: Place, bytes: number): void {
  new Uint8Array(to.memory.buffer, to.start, bytes).set(
    new Uint8Array(from.memory.buffer, from.start, bytes),
  );
}
