/** ArrayBuffers. What is read owns its memory: nothing keeps the payload. */
import { PicklingError } from '../errors.js';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { build } from './scalars.js';
import { Tag } from './tags.js';
import { cannotPickle } from './trail.js';

// A resizable buffer reserves addresses for all that it may become.
const LARGEST_RESERVE = 2 ** 30;

export interface ResizableBuffer {
  readonly resizable?: boolean;
  readonly maxByteLength?: number;
}

export function writeArrayBuffer(out: PayloadWriter, buffer: ArrayBuffer): void {
  out.remember(buffer);
  const { resizable, maxByteLength = 0 } = buffer as ResizableBuffer;
  out.byte(resizable ? Tag.RESIZABLE_BUFFER : Tag.ARRAY_BUFFER);
  if (resizable) {
    checkReserve(maxByteLength);
    out.unsigned(maxByteLength);
  }
  writeBytes(out, new Uint8Array(buffer));
}

function checkReserve(size: number): void {
  if (size <= LARGEST_RESERVE) return;
  throw new PicklingError('cannot pickle ArrayBuffer object: it may grow to more than 1 GiB');
}

export function writeBytes(out: PayloadWriter, bytes: Uint8Array): void {
  out.unsigned(bytes.length);
  out.raw(bytes);
}

export function refuseShared(buffer: object): never {
  throw cannotPickle(
    buffer,
    'its memory cannot leave the process; use SharedMemory, Value or Array',
  );
}

/** The bytes that come next, in memory of their own. */
export function copyBytes(input: PayloadReader): ArrayBuffer {
  const size = input.count(1);
  const start = input.skip(size);
  // Without clearing first what is overwritten at once.
  const copy = Buffer.allocUnsafeSlow(size);
  copy.set(input.bytes.subarray(start, start + size));
  return copy.buffer as ArrayBuffer;
}

export function readArrayBuffer(input: PayloadReader): ArrayBuffer {
  const target = input.takeTarget();
  let buffer = copyBytes(input);
  if (target !== undefined) {
    const bytes = new Uint8Array(buffer);
    buffer = build(ArrayBuffer, [bytes.length], target);
    new Uint8Array(buffer).set(bytes);
  }
  input.remember(buffer);
  return buffer;
}

export function readResizableBuffer(input: PayloadReader): ArrayBuffer {
  const target = input.takeTarget();
  const maxByteLength = input.unsigned();
  input.reservedSize += maxByteLength;
  if (input.reservedSize > LARGEST_RESERVE) throw malformed('too large');
  const bytes = new Uint8Array(copyBytes(input));
  const args = [bytes.length, { maxByteLength }];
  const buffer = build(ArrayBuffer, args, target);
  new Uint8Array(buffer).set(bytes);
  input.remember(buffer);
  return buffer;
}
