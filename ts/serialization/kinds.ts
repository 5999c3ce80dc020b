/** Builtin types: how their objects are recognised, whatever their realm or subclass, and written. */
import { types } from 'node:util';
import { refuseShared, writeArrayBuffer } from './array-buffers.js';
import { extraKeys, writeArray } from './arrays.js';
import { writeMap, writeSet } from './collections.js';
import { errorClasses, isError, writeDomException, writeError } from './error-objects.js';
import type { PayloadWriter } from './payload-writer.js';
import { enumerableSymbols, writeKeyed, writeSymbolKeys } from './properties.js';
import { markCarried } from './reducers.js';
import {
  unbox,
  writeBoxed,
  writeDate,
  writeRegExp,
  writeSearchParams,
  writeUrl,
} from './scalars.js';
import { Tag } from './tags.js';
import { writeView } from './views.js';

export interface Kind {
  readonly classes: readonly Function[];
  matches(object: object): boolean;
  write(out: PayloadWriter, object: never): void;
  /** The keys of properties that `write` does not write. */
  extraKeys(object: object): string[];
}

const noKeys = (): string[] => [];

// Ordered: a DOMException is an Error, and some say a Buffer is an array.
const kinds: readonly Kind[] = [
  {
    classes: [Array],
    matches: Array.isArray,
    write: writeArray,
    extraKeys: (array) => extraKeys(array as unknown[]),
  },
  {
    classes: [Map],
    matches: types.isMap,
    write: writeMap,
    extraKeys: Object.keys,
  },
  {
    classes: [Set],
    matches: types.isSet,
    write: writeSet,
    extraKeys: Object.keys,
  },
  {
    classes: [Date],
    matches: types.isDate,
    write: writeDate,
    extraKeys: Object.keys,
  },
  {
    classes: [RegExp],
    matches: types.isRegExp,
    write: writeRegExp,
    extraKeys: Object.keys,
  },
  {
    classes: [DOMException],
    matches: (object) => object instanceof DOMException,
    write: writeDomException,
    extraKeys: noKeys,
  },
  {
    classes: errorClasses,
    matches: isError,
    write: writeError,
    extraKeys: noKeys,
  },
  {
    classes: [
      Buffer,
      DataView,
      ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array],
      ...[Int32Array, Uint32Array, Float32Array, Float64Array],
      ...[BigInt64Array, BigUint64Array],
    ],
    matches: ArrayBuffer.isView,
    write: writeView,
    // A list of all indices would cost more than the bytes.
    extraKeys: noKeys,
  },
  {
    classes: [ArrayBuffer],
    matches: types.isArrayBuffer,
    write: writeArrayBuffer,
    extraKeys: Object.keys,
  },
  {
    classes: [SharedArrayBuffer],
    matches: types.isSharedArrayBuffer,
    write: (_out: PayloadWriter, buffer: object) => refuseShared(buffer),
    extraKeys: noKeys,
  },
  {
    classes: [Number, String, Boolean, Symbol, BigInt],
    matches: types.isBoxedPrimitive,
    write: writeBoxed,
    extraKeys: boxKeys,
  },
  {
    classes: [URL],
    matches: (object) => object instanceof URL,
    write: writeUrl,
    extraKeys: Object.keys,
  },
  {
    classes: [URLSearchParams],
    matches: (object) => object instanceof URLSearchParams,
    write: writeSearchParams,
    extraKeys: Object.keys,
  },
];

const byPrototype = new Map<object, Kind>();
for (const kind of kinds) {
  for (const { prototype } of kind.classes) {
    byPrototype.set(prototype, kind);
    markCarried(prototype);
  }
}

/** A boxed string has its characters as properties. */
function boxKeys(object: object): string[] {
  const primitive = unbox(object);
  const own = typeof primitive === 'string' ? primitive.length : 0;
  return Object.keys(object).slice(own);
}

/** The kind whose very own prototype this is. */
export function kindOfPrototype(prototype: object): Kind | undefined {
  return byPrototype.get(prototype);
}

/** The kind of an object of a subclass, or of another realm. */
export function kindOfObject(object: object): Kind | undefined {
  return kinds.find((kind) => kind.matches(object));
}

/** Writes with `write`, and what else is on the object. */
export function writeWithExtras<T extends object>(
  out: PayloadWriter,
  object: T,
  kind: Kind,
  write: (out: PayloadWriter, object: T) => void,
): void {
  const keys = kind.extraKeys(object);
  const symbols = kind.extraKeys === noKeys ? [] : enumerableSymbols(object);
  const plain = keys.length === 0 && symbols.length === 0;
  if (!plain) out.byte(Tag.WITH_PROPERTIES);
  write(out, object);
  if (plain) return;
  out.content(object, (_out, owner) => {
    writeSymbolKeys(out, owner, symbols);
    writeKeyed(out, owner, keys);
  });
}
