/** The one message from a parent to a child that shares no memory with it. */
import type { ObjectAddress } from '../arena/shared-object.js';
import type { Surroundings } from './surroundings.js';
import type { ChildConfig } from './this-process.js';

/** What the child can decode at once, before it has loaded anything. */
export interface SpawnEnvelope {
  readonly config: ChildConfig;
  /** The parent's, which the child shows as its own, as Python does. */
  readonly argv: readonly string[];
  /** Modules that only import() can load, to be loaded before the message is decoded. */
  readonly modules: readonly string[];
  /** A ProcessDescription, encoded; its descriptors travel with the envelope. */
  readonly message: Uint8Array;
  /** For a child that was not started by its parent itself. */
  readonly surroundings: Surroundings | undefined;
  /** The forkserver of this tree of processes, as `this thread` knows it. */
  readonly forkserver: Uint8Array | null;
  /** To be signed when the message is decoded. */
  readonly receipt: ObjectAddress | null;
  /** Whether the last of the descriptors is the arena of this tree. */
  readonly hasArena: boolean;
}

/** What JSON has no notation for. */
interface Extracted {
  readonly authkey: string;
  readonly forkserver: string | null;
}

const LENGTH_BYTES = 4;

/** As JSON, but for the message: a child that begins has to read it, and JSON is read by native code. */
export function encodeEnvelope({ message, config, forkserver, ...rest }: SpawnEnvelope): Buffer {
  const { authkey, ...told } = config;
  const extracted: Extracted = {
    authkey: toText(authkey),
    forkserver: forkserver && toText(forkserver),
  };
  const json = Buffer.from(JSON.stringify({ ...rest, config: told, extracted }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, message]);
}

/** The message stays where it is, in `bytes`. */
export function decodeEnvelope(bytes: Buffer): SpawnEnvelope {
  const end = LENGTH_BYTES + bytes.readUInt32LE(0);
  const { extracted, config, ...rest } = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end));
  const { authkey, forkserver }: Extracted = extracted;
  return {
    ...rest,
    config: { ...config, authkey: toBytes(authkey) },
    forkserver: forkserver && toBytes(forkserver),
    message: bytes.subarray(end),
  };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function toBytes(text: string): Uint8Array {
  // Not a Buffer, and with memory of its own.
  return new Uint8Array(Buffer.from(text, 'base64'));
}
