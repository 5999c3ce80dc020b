/** What the methods of a Connection ask of its channel, from their arguments. */
import { BufferTooShort } from '../errors.js';
import { decode } from '../serialization/codec.js';
import { invalidType, validateInteger } from '../validate.js';
import { reuseMemory } from './frame.js';
import { closeHandles, type FrameReader, keepingSlab } from './frame-reader.js';
import type { ReceiveRequest } from './receive-line.js';
import { toWait, type WaitOptions } from './wait-options.js';

/** Bytes to send: any view of memory, or the memory itself. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

export interface SendBytesOptions extends WaitOptions {
  /** Where to begin, in bytes. Default: 0. */
  offset?: number | undefined;
  /** How many bytes. Default: all from the offset on. */
  size?: number | undefined;
}

export interface RecvBytesOptions extends WaitOptions {
  /** A longer message is an error. */
  maxLength?: number | undefined;
}

export interface RecvBytesIntoOptions extends WaitOptions {
  /** Where in the buffer to begin, in bytes. Default: 0. */
  offset?: number | undefined;
}

export const receiveValue: ReceiveRequest<unknown> = {
  maxLength: Number.POSITIVE_INFINITY,
  isTransient: true,
  finish: (body, reader) => decodeBody(body, reader, true),
};

/** For a peer whose functions are not to be run. */
export const receiveData: ReceiveRequest<unknown> = {
  ...receiveValue,
  finish: (body, reader) => decodeBody(body, reader, false),
};

function decodeBody(body: Uint8Array, reader: FrameReader, functions: boolean): unknown {
  const { handles } = reader;
  const options = { handles, functions };
  try {
    return reader.bodyIsOwn ? decode(body, options) : keepingSlab(() => decode(body, options));
  } finally {
    // Those that no object of the message has taken.
    closeHandles(handles);
    if (reader.bodyIsOwn) reuseMemory(body);
  }
}

function ownBody(body: Uint8Array, reader: FrameReader): Buffer {
  closeHandles(reader.handles);
  return (reader.bodyIsOwn ? body : Buffer.from(body)) as Buffer;
}

export const receiveFrame: ReceiveRequest<{ body: Buffer; handles: number[] }> = {
  maxLength: Number.POSITIVE_INFINITY,
  finish(body, reader) {
    const handles = [...reader.handles];
    reader.handles.length = 0;
    return { body: ownBody(body, reader), handles };
  },
};

const receiveBytes: ReceiveRequest<Buffer> = {
  maxLength: Number.POSITIVE_INFINITY,
  finish: ownBody,
};

export function toBytesRequest(options: number | RecvBytesOptions | undefined) {
  if (options === undefined) return { request: receiveBytes, wait: toWait(undefined) };
  const { maxLength, ...rest }: RecvBytesOptions =
    typeof options === 'number' ? { maxLength: options } : options;
  const wait = toWait(rest);
  if (maxLength === undefined) return { request: receiveBytes, wait };
  validateInteger('maxLength', maxLength);
  return { request: { ...receiveBytes, maxLength }, wait };
}

export function toIntoRequest(buffer: Bytes, options: number | RecvBytesIntoOptions | undefined) {
  const { offset = 0, ...rest }: RecvBytesIntoOptions =
    typeof options === 'number' ? { offset: options } : { ...options };
  const memory = toUint8Array('buffer', buffer);
  validateInteger('offset', offset, { max: memory.length });
  const into = memory.subarray(offset);
  const request: ReceiveRequest<number> = {
    maxLength: Number.POSITIVE_INFINITY,
    into,
    finish(body, reader) {
      closeHandles(reader.handles);
      if (body.length > into.length) throw new BufferTooShort(ownBody(body, reader), into.length);
      const isThere = body.buffer === into.buffer && body.byteOffset === into.byteOffset;
      if (!isThere) into.set(body);
      return body.length;
    },
  };
  return { request, wait: toWait(rest) };
}

export function toBody(
  bytes: Bytes,
  options: number | SendBytesOptions | undefined,
  sizeArgument: number | undefined,
) {
  const all = toUint8Array('bytes', bytes);
  if (options === undefined && sizeArgument === undefined)
    return { body: all, wait: toWait(undefined) };
  const {
    offset = 0,
    size,
    ...rest
  }: SendBytesOptions = typeof options === 'object'
    ? options
    : { offset: options, size: sizeArgument };
  validateInteger('offset', offset, { max: all.length });
  if (size !== undefined) validateInteger('size', size, { max: all.length - offset });
  const end = size === undefined ? all.length : offset + size;
  return { body: all.subarray(offset, end), wait: toWait(rest) };
}

function toUint8Array(name: string, value: Bytes): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return new Uint8Array(value);
  throw invalidType(name, 'a view of memory or an ArrayBuffer', value);
}
