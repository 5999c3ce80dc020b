/**
 * What looks into ArrayBuffers: typed arrays, DataViews, Buffers.
 *
 * Views of one buffer stay views of one buffer, with two exceptions, since a view of a few bytes
 * must not drag megabytes, or other people's bytes, along: a Buffer, and a view of less than half of
 * a buffer above `SMALL_BUFFER`, carry just what they show, unless the buffer itself came before.
 */
import { types } from 'node:util';
import { copyBytes, type ResizableBuffer, refuseShared, writeBytes } from './array-buffers.js';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { assignedReducer } from './reducers.js';
import { build } from './scalars.js';
import { Tag } from './tags.js';
import { cannotPickle } from './trail.js';

const SMALL_BUFFER = 64 * 1024;

type ViewClass = new (buffer: ArrayBuffer, offset: number, length?: number) => ArrayBufferView;

const globals = globalThis as unknown as Record<string, ViewClass | undefined>;

/** A payload names a kind of view by its place here; Float16Array is not in every Node. */
const viewNames = [
  'Buffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
];

const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

function kindOf(view: ArrayBufferView): number {
  if (Buffer.isBuffer(view)) return 0;
  const kind = viewNames.indexOf(typedArrayName.call(view) ?? 'DataView');
  if (kind < 0) throw cannotPickle(view);
  return kind;
}

export function writeView(out: PayloadWriter, view: ArrayBufferView): void {
  const { buffer, byteOffset, byteLength } = view;
  if (types.isSharedArrayBuffer(buffer)) refuseShared(buffer);
  const resizable = (buffer as ResizableBuffer).resizable === true;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const shared = out.knows(buffer) || assignedReducer(buffer) !== undefined;
  if (resizable || shared) writeShared(out, view, resizable);
  else if (byteLength === buffer.byteLength) writeWhole(out, view, bytes);
  else if (standsAlone(view)) writeCopy(out, view, bytes);
  else writeShared(out, view, resizable);
}

/** Writes the buffer, or a reference to it, and what the view shows of it. */
function writeShared(out: PayloadWriter, view: ArrayBufferView, resizable: boolean): void {
  const { buffer, byteOffset, byteLength } = view;
  out.byte(Tag.VIEW);
  out.byte(kindOf(view));
  out.value(buffer);
  out.unsigned(byteOffset);
  // A view that ends with a resizable buffer is taken for one that follows its length.
  const follows = resizable && byteOffset + byteLength === buffer.byteLength;
  out.unsigned(follows ? 0 : byteLength + 1);
  out.remember(view);
}

/** Whether a view of a part of a buffer travels without the rest. */
function standsAlone(view: ArrayBufferView): boolean {
  const { byteLength } = view;
  const size = view.buffer.byteLength;
  // Buffers share pools of this size, and so do views made from them.
  if (Buffer.isBuffer(view) || size === Buffer.poolSize) return true;
  return size > SMALL_BUFFER && byteLength * 2 < size;
}

function writeWhole(out: PayloadWriter, view: ArrayBufferView, bytes: Uint8Array): void {
  out.remember(view.buffer);
  out.remember(view);
  out.byte(Tag.VIEW_WHOLE);
  out.byte(kindOf(view));
  writeBytes(out, bytes);
}

function writeCopy(out: PayloadWriter, view: ArrayBufferView, bytes: Uint8Array): void {
  out.remember(view);
  out.byte(Tag.VIEW_COPY);
  out.byte(kindOf(view));
  writeBytes(out, bytes);
}

function readKind(input: PayloadReader): string {
  const name = viewNames[input.byte()];
  if (name === undefined || (name !== 'Buffer' && !globals[name])) {
    throw malformed('a kind of typed array that is not known here');
  }
  return name;
}

export function readWhole(input: PayloadReader): ArrayBufferView {
  const target = input.takeTarget();
  const name = readKind(input);
  const buffer = copyBytes(input);
  input.remember(buffer);
  return remembered(input, makeView(name, [buffer], target));
}

export function readCopy(input: PayloadReader): ArrayBufferView {
  const target = input.takeTarget();
  const name = readKind(input);
  if (name === 'Buffer' && target === undefined) {
    return remembered(input, copyToPool(input));
  }
  return remembered(input, makeView(name, [copyBytes(input)], target));
}

/** A small Buffer comes from Node's pool, as one made by `Buffer.from` does. */
function copyToPool(input: PayloadReader): Buffer {
  const size = input.count(1);
  const start = input.skip(size);
  return Buffer.from(input.bytes.subarray(start, start + size));
}

export function readView(input: PayloadReader): ArrayBufferView {
  const target = input.takeTarget();
  const name = readKind(input);
  const buffer = input.inner();
  if (!types.isArrayBuffer(buffer)) throw malformed('expected an ArrayBuffer');
  const offset = input.unsigned();
  const size = input.unsigned();
  const itemSize = itemSizeOf(name);
  const args = size === 0 ? [buffer, offset] : [buffer, offset, (size - 1) / itemSize];
  return remembered(input, makeView(name, args, target));
}

function itemSizeOf(name: string): number {
  const Class = globals[name] as { BYTES_PER_ELEMENT?: number } | undefined;
  return Class?.BYTES_PER_ELEMENT ?? 1;
}

function makeView(name: string, args: unknown[], target: Function | undefined): ArrayBufferView {
  if (name === 'Buffer' && target === undefined) {
    const [buffer, offset, length] = args as [ArrayBuffer, number?, number?];
    return Buffer.from(buffer, offset, length);
  }
  const Class = name === 'Buffer' ? Uint8Array : globals[name]!;
  return build(Class as ViewClass, args, target);
}

function remembered<T>(input: PayloadReader, view: T): T {
  input.remember(view);
  return view;
}
