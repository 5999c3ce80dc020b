/**
 * The own enumerable properties of an object: the content of plain objects, instances and errors,
 * and what other objects carry besides what they are.
 */
import { countUse, type KeyList, keyListOf, LONGEST_KEY_LIST } from './key-lists.js';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { readShape, type Shape, used } from './shapes.js';
import { readString, writeString } from './strings.js';
import { SHORT_SHAPE, SHORT_SHAPE_ROOM, Tag } from './tags.js';
import { propertyStep } from './trail.js';

type Keyed = Record<string | symbol, unknown>;

export function writeProperties(out: PayloadWriter, object: object): void {
  if (Object.getOwnPropertySymbols(object).length > 0) {
    writeSymbolKeys(out, object, enumerableSymbols(object));
  }
  writeKeyed(out, object as Keyed, Object.keys(object));
}

/** Writes the given properties only. */
export function writeKeyed(out: PayloadWriter, object: object, keys: readonly string[]): void {
  if (keys.length === 0 || keys.length > LONGEST_KEY_LIST) {
    writeDictionary(out, object as Keyed, keys);
  } else {
    writeShaped(out, object as Keyed, keys);
  }
}

function writeShaped(out: PayloadWriter, object: Keyed, keys: readonly string[]): void {
  const list = keyListOf(keys);
  announceKeys(out, list);
  countUse(list);
  if (list.write === undefined) writeValues(out, object, keys);
  else list.write(out as never, object);
}

function announceKeys(out: PayloadWriter, list: KeyList): void {
  if (list.serial !== out.serial) {
    list.serial = out.serial;
    list.index = out.shapeCount++;
    out.raw(list.definition);
  } else if (list.index < SHORT_SHAPE_ROOM) {
    out.byte(SHORT_SHAPE + list.index);
  } else {
    out.byte(Tag.SHAPE);
    out.unsigned(list.index);
  }
}

function writeValues(out: PayloadWriter, object: Keyed, keys: readonly string[]): void {
  let i = 0;
  try {
    for (; i < keys.length; i++) out.value(object[keys[i]!]);
  } catch (error) {
    throw out.failed(error, propertyStep(object, keys[i]!));
  }
}

function writeDictionary(out: PayloadWriter, object: Keyed, keys: readonly string[]): void {
  out.byte(Tag.DICTIONARY);
  out.unsigned(keys.length);
  for (const key of keys) {
    writeString(out, key);
    writeProperty(out, object, key);
  }
}

export function enumerableSymbols(object: object): symbol[] {
  const symbols = Object.getOwnPropertySymbols(object);
  if (symbols.length === 0) return symbols;
  return symbols.filter((symbol) => Object.prototype.propertyIsEnumerable.call(object, symbol));
}

export function writeSymbolKeys(out: PayloadWriter, object: object, keys: readonly symbol[]): void {
  if (keys.length === 0) return;
  out.byte(Tag.SYMBOL_KEYS);
  out.unsigned(keys.length);
  for (const key of keys) {
    out.value(key);
    writeProperty(out, object as Keyed, key);
  }
}

function writeProperty(out: PayloadWriter, object: Keyed, key: string | symbol): void {
  try {
    out.value(object[key]);
  } catch (error) {
    throw out.failed(error, propertyStep(object, key));
  }
}

/** Reads a new plain object whose keys are known. */
export function readShaped(input: PayloadReader, shape: Shape): object {
  used(shape);
  input.enter();
  const make = input.refs === null ? shape.tree : shape.graph;
  const object = make === undefined ? readNew(input, shape) : make(input as never);
  input.leave();
  return object;
}

function readNew(input: PayloadReader, shape: Shape): object {
  const object = {};
  input.remember(object);
  fillShaped(input, object, shape);
  return object;
}

export function readNewShape(input: PayloadReader): Shape {
  const shape = readShape(input);
  input.shapes.push(shape);
  return shape;
}

export function knownShape(input: PayloadReader, index: number): Shape {
  const shape = input.shapes[index];
  if (shape === undefined) throw malformed('an unknown list of keys');
  return shape;
}

/** Reads what `writeProperties` wrote into an object that is there already. */
export function readProperties(input: PayloadReader, object: object): void {
  const tag = input.byte();
  if (tag === Tag.SYMBOL_KEYS) {
    fillSymbolKeys(input, object);
    readStringKeys(input, object, input.byte());
  } else {
    readStringKeys(input, object, tag);
  }
}

function readStringKeys(input: PayloadReader, object: object, tag: number): void {
  if (tag === Tag.DICTIONARY) fillDictionary(input, object);
  else fillShaped(input, object, readShapeOf(input, tag));
}

function readShapeOf(input: PayloadReader, tag: number): Shape {
  if (tag === Tag.SHAPE_NEW) return readNewShape(input);
  if (tag === Tag.SHAPE) return knownShape(input, input.unsigned());
  return knownShape(input, tag - SHORT_SHAPE);
}

function fillShaped(input: PayloadReader, object: object, shape: Shape): void {
  for (const key of shape.keys) setOwn(object, key, input.value());
}

function fillDictionary(input: PayloadReader, object: object): void {
  for (let left = input.count(2); left > 0; left--) {
    setOwn(object, readString(input), input.value());
  }
}

function fillSymbolKeys(input: PayloadReader, object: object): void {
  for (let left = input.count(2); left > 0; left--) {
    const key = input.value();
    if (typeof key !== 'symbol') throw malformed('expected a symbol');
    setOwn(object, key, input.value());
  }
}

/** Makes an own property, whatever the prototype has under that name: a setter, `__proto__`. */
function setOwn(object: object, key: string | symbol, value: unknown): void {
  if (key in object) {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    (object as Keyed)[key] = value;
  }
}
