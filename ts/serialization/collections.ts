/** Map and Set. Both keep their order. */
import { PicklingError } from '../errors.js';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { Tag } from './tags.js';
import { describeObject, mapValueStep, namedStep } from './trail.js';

// Builtin methods, since a subclass may have its own.
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const addToMap = Map.prototype.set;
const addToSet = Set.prototype.add;
const sizeOfMap = Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!;
const sizeOfSet = Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!;

type AnyMap = Map<unknown, unknown>;
type AnySet = Set<unknown>;

export function writeMap(out: PayloadWriter, map: AnyMap): void {
  out.remember(map);
  out.byte(Tag.MAP);
  out.content(map, writeMapEntries);
}

function writeMapEntries(out: PayloadWriter, map: AnyMap): void {
  let left = startEntries(out, sizeOfMap.call(map));
  for (const entry of mapEntries.call(map)) {
    if (left-- === 0) break;
    writeEntry(out, map, entry);
  }
  checkCount(left, map);
}

function writeEntry(out: PayloadWriter, map: AnyMap, entry: [unknown, unknown]): void {
  let atKey = true;
  try {
    out.value(entry[0]);
    atKey = false;
    out.value(entry[1]);
  } catch (error) {
    const step = atKey
      ? namedStep(`key of ${describeObject(map)} object`)
      : mapValueStep(map, entry[0]);
    throw out.failed(error, step);
  }
}

export function writeSet(out: PayloadWriter, set: AnySet): void {
  out.remember(set);
  out.byte(Tag.SET);
  out.content(set, writeSetValues);
}

function writeSetValues(out: PayloadWriter, set: AnySet): void {
  let left = startEntries(out, sizeOfSet.call(set));
  try {
    for (const value of setValues.call(set)) {
      if (left-- === 0) break;
      out.value(value);
    }
  } catch (error) {
    throw out.failed(error, namedStep(`item of ${describeObject(set)} object`));
  }
  checkCount(left, set);
}

function startEntries(out: PayloadWriter, size: number): number {
  out.byte(Tag.ENTRIES);
  out.unsigned(size);
  return size;
}

// A getter or reducer that runs in between may add or delete.
function checkCount(left: number, collection: object): void {
  if (left === 0) return;
  throw new PicklingError(
    `cannot pickle ${describeObject(collection)} object: it changed meanwhile`,
  );
}

export function readMap(input: PayloadReader): AnyMap {
  const target = input.takeTarget();
  const map: AnyMap = target === undefined ? new Map() : Reflect.construct(Map, [], target);
  input.remember(map);
  input.content(map, readMapEntries);
  return map;
}

function readMapEntries(input: PayloadReader, map: AnyMap): void {
  for (let left = countEntries(input, 2); left > 0; left--) {
    const key = input.value();
    addToMap.call(map, key, input.value());
  }
}

export function readSet(input: PayloadReader): AnySet {
  const target = input.takeTarget();
  const set: AnySet = target === undefined ? new Set() : Reflect.construct(Set, [], target);
  input.remember(set);
  input.content(set, readSetValues);
  return set;
}

function readSetValues(input: PayloadReader, set: AnySet): void {
  for (let left = countEntries(input, 1); left > 0; left--) {
    addToSet.call(set, input.value());
  }
}

function countEntries(input: PayloadReader, size: number): number {
  if (input.byte() !== Tag.ENTRIES) throw malformed('expected entries');
  return input.count(size);
}
