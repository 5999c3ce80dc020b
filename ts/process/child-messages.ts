/**
 * What a parent tells a child that shares no memory with it: two messages, which the child can decode before
 * it has loaded anything.
 */
import type { ObjectAddress } from '../arena/shared-object.js';
import type { Surroundings } from './surroundings.js';
import type { ChildConfig } from './this-process.js';

/** Who the child is. It can become that while its work is being pickled. */
export interface Introduction {
  readonly config: ChildConfig;
  /** The parent's, which the child shows as its own, as Python does. */
  readonly argv: readonly string[];
  /** For a child that was not started by its parent itself. */
  readonly surroundings: Surroundings | undefined;
  /** The forkserver of this tree of processes, as `this thread` knows it. */
  readonly forkserver: Uint8Array | null;
}

/** What the child is to do. */
export interface Assignment {
  /** Modules that only import() can load, to be loaded before the message is decoded. */
  readonly modules: readonly string[];
  /** A ProcessDescription, encoded; its descriptors travel with it. */
  readonly message: Uint8Array;
  /** To be signed when the message is decoded. */
  readonly receipt: ObjectAddress | null;
}

/** What JSON has no notation for. */
interface Extracted {
  readonly authkey: string;
  readonly forkserver: string | null;
}

const LENGTH_BYTES = 4;

/** As JSON: a child that begins has to read it, and JSON is read by native code. */
export function encodeIntroduction({ config, forkserver, ...rest }: Introduction): Buffer {
  const { authkey, ...told } = config;
  const extracted: Extracted = {
    authkey: toText(authkey),
    forkserver: forkserver && toText(forkserver),
  };
  return Buffer.from(JSON.stringify({ ...rest, config: told, extracted }));
}

export function decodeIntroduction(bytes: Buffer): Introduction {
  const { extracted, config, ...rest } = JSON.parse(bytes.toString());
  const { authkey, forkserver }: Extracted = extracted;
  return {
    ...rest,
    config: { ...config, authkey: toBytes(authkey) },
    forkserver: forkserver && toBytes(forkserver),
  };
}

/** As JSON, but for the message. */
export function encodeAssignment({ message, ...rest }: Assignment): Buffer {
  const json = Buffer.from(JSON.stringify(rest));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, message]);
}

/** The message stays where it is, in `bytes`. */
export function decodeAssignment(bytes: Buffer): Assignment {
  const end = LENGTH_BYTES + bytes.readUInt32LE(0);
  const rest = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end));
  return { ...rest, message: bytes.subarray(end) };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function toBytes(text: string): Uint8Array {
  // Not a Buffer, and with memory of its own.
  return new Uint8Array(Buffer.from(text, 'base64'));
}
