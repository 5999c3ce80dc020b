/** Reads any value: the choice by its tag. */

import { readArrayBuffer, readResizableBuffer } from './array-buffers.js';
import { newArray, readArray, readPackedArray } from './arrays.js';
import { readMap, readSet } from './collections.js';
import type { UnpickleContext } from './contexts.js';
import { readDomException, readError } from './error-objects.js';
import { currentFunctionCodec, readFunction } from './functions.js';
import { readInstance, readSubclass } from './instances.js';
import { readBigInt, readBigInt64, readInt8, readInt16, readInt32 } from './numbers.js';
import { PayloadReader } from './payload-reader.js';
import { knownShape, readNewShape, readProperties, readShaped } from './properties.js';
import { malformed } from './reader.js';
import { readReduced, readReducedByName } from './reduced.js';
import { readHost } from './refusals.js';
import { readBoxed, readDate, readRegExp, readSearchParams, readUrl } from './scalars.js';
import { readLatin1, readShortString, readUtf16 } from './strings.js';
import { readAgain, readFresh, readRegistered, readWellKnown } from './symbols.js';
import { SHORT_SHAPE, SHORT_STRING, Tag } from './tags.js';
import { readCopy, readView, readWhole } from './views.js';

type TagReader = (input: PayloadReader, tag: number) => unknown;

export class Decoder extends PayloadReader {
  override completed(context: UnpickleContext): void {
    currentFunctionCodec()?.decoded?.(context);
  }

  override value(): unknown {
    const tag = this.byte();
    if (tag < SHORT_STRING) return tag;
    if (tag < SHORT_SHAPE) return readShortString(this, tag - SHORT_STRING);
    if (tag < Tag.NULL) {
      return readShaped(this, knownShape(this, tag - SHORT_SHAPE));
    }
    return readers[tag - Tag.NULL]!(this, tag);
  }
}

const readers: TagReader[] = new Array(0x100 - Tag.NULL).fill(unknownTag);
const define = (tag: number, read: TagReader) => {
  readers[tag - Tag.NULL] = read;
};

function unknownTag(_input: PayloadReader, tag: number): never {
  throw malformed(`unknown tag 0x${tag.toString(16)}`);
}

define(Tag.NULL, () => null);
define(Tag.UNDEFINED, () => undefined);
define(Tag.FALSE, () => false);
define(Tag.TRUE, () => true);
define(Tag.INT8, readInt8);
define(Tag.INT16, readInt16);
define(Tag.INT32, readInt32);
define(Tag.FLOAT64, (input) => input.float64());
define(Tag.BIGINT64, readBigInt64);
define(Tag.BIGINT, readBigInt);
define(Tag.LATIN1, readLatin1);
define(Tag.UTF16, readUtf16);
define(Tag.SYMBOL_REGISTERED, readRegistered);
define(Tag.SYMBOL_WELL_KNOWN, readWellKnown);
define(Tag.SYMBOL_FRESH, readFresh);
define(Tag.SYMBOL_AGAIN, readAgain);
define(Tag.REF, (input) => input.reference());
define(Tag.SHAPE_NEW, (input) => readShaped(input, readNewShape(input)));
define(Tag.SHAPE, (input) => readShaped(input, knownShape(input, input.unsigned())));
define(Tag.DICTIONARY, readPlain);
define(Tag.SYMBOL_KEYS, readPlain);
define(Tag.OBJECT, (input) => readObject(input, {}));
define(Tag.NULL_OBJECT, (input) => readObject(input, Object.create(null)));
define(Tag.ARRAY, readArray);
define(Tag.ARRAY_EMPTY, readEmptyArray);
define(Tag.PACKED_INT8, readPackedArray);
define(Tag.PACKED_INT16, readPackedArray);
define(Tag.PACKED_INT32, readPackedArray);
define(Tag.PACKED_FLOAT64, readPackedArray);
define(Tag.MAP, readMap);
define(Tag.SET, readSet);
define(Tag.DATE, readDate);
define(Tag.REGEXP, readRegExp);
define(Tag.BOXED, readBoxed);
define(Tag.URL, readUrl);
define(Tag.URL_SEARCH_PARAMS, readSearchParams);
define(Tag.ERROR, readError);
define(Tag.DOM_EXCEPTION, readDomException);
define(Tag.ARRAY_BUFFER, readArrayBuffer);
define(Tag.RESIZABLE_BUFFER, readResizableBuffer);
define(Tag.VIEW_WHOLE, readWhole);
define(Tag.VIEW_COPY, readCopy);
define(Tag.VIEW, readView);
define(Tag.FUNCTION, readFunction);
define(Tag.INSTANCE, readInstance);
define(Tag.SUBCLASS, readSubclass);
define(Tag.REDUCED, readReduced);
define(Tag.REDUCED_BY_NAME, readReducedByName);
define(Tag.WITH_PROPERTIES, readWithProperties);
define(Tag.HOST, readHost);

/** A plain object whose tag is already part of its content. */
function readPlain(input: PayloadReader): object {
  const object = {};
  input.position--;
  input.remember(object);
  input.enter();
  readProperties(input, object);
  input.leave();
  return object;
}

function readObject(input: PayloadReader, object: object): object {
  input.remember(object);
  input.content(object, readProperties);
  return object;
}

function readEmptyArray(input: PayloadReader): unknown[] {
  const array = newArray(input);
  input.remember(array);
  return array;
}

// Only objects that are made here and now may be given more properties: not what is shared.
const extensible = new Set<number>([
  Tag.ARRAY,
  Tag.ARRAY_EMPTY,
  Tag.PACKED_INT8,
  Tag.PACKED_INT16,
  Tag.PACKED_INT32,
  Tag.PACKED_FLOAT64,
  Tag.MAP,
  Tag.SET,
  Tag.DATE,
  Tag.REGEXP,
  Tag.BOXED,
  Tag.URL,
  Tag.URL_SEARCH_PARAMS,
  Tag.ARRAY_BUFFER,
  Tag.RESIZABLE_BUFFER,
  Tag.SUBCLASS,
]);

function readWithProperties(input: PayloadReader): unknown {
  if (!extensible.has(input.peek())) {
    throw malformed('properties of something that takes none');
  }
  const object = input.inner();
  input.content(object as object, readProperties);
  return object;
}
