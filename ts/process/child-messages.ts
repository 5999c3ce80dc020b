/**
 * What a parent tells a child that shares no memory with it: two messages, which the child can decode before
 * it has loaded anything. JSON has no notation for bytes: they are base64 there.
 */
import type { ObjectAddress } from '../arena/shared-object.js';
import type { Surroundings } from './surroundings.js';
import type { ChildConfig, Circumstances, Particulars } from './this-process.js';

/** What a child can know, and adapt to, before it is decided what it is to do. */
export interface Introduction {
  readonly circumstances: Circumstances;
  /** The parent's, which the child shows as its own, as Python does. */
  readonly argv: readonly string[];
  /** For a child that was not started by its parent itself. */
  readonly surroundings: Surroundings | undefined;
  /** The forkserver of this tree of processes, as `this thread` knows it. */
  readonly forkserver: Uint8Array | null;
}

/** Who the child is, and what it is to do. */
export interface Assignment {
  readonly particulars: Particulars;
  /** Modules that only import() can load, to be loaded before the message is decoded. */
  readonly modules: readonly string[];
  /** A ProcessDescription, encoded; its descriptors travel with it. */
  readonly message: Uint8Array;
  /** To be signed when the message is decoded. */
  readonly receipt: ObjectAddress | null;
}

const LENGTH_BYTES = 4;

export function circumstancesOf(config: ChildConfig): Circumstances {
  const { parentPid, rootPid, parentName, program, startMethod, mainModule } = config;
  const { logging, detached } = config;
  return { parentPid, rootPid, parentName, program, startMethod, mainModule, logging, detached };
}

export function particularsOf(config: ChildConfig): Particulars {
  const { name, identity, daemon, nests, authkey, inspector } = config;
  return { name, identity, daemon, nests, authkey, inspector };
}

/** As JSON: a child that begins has to read it, and JSON is read by native code. */
export function encodeIntroduction({ forkserver, ...rest }: Introduction): string {
  return JSON.stringify({ ...rest, forkserver: forkserver && toText(forkserver) });
}

export function decodeIntroduction(bytes: Buffer): Introduction {
  const { forkserver, ...rest } = JSON.parse(bytes.toString());
  return { ...rest, forkserver: forkserver && toBytes(forkserver) };
}

/** As JSON, but for the message. */
export function encodeAssignment({ message, particulars, ...rest }: Assignment): Buffer {
  const authkey = toText(particulars.authkey);
  const json = Buffer.from(JSON.stringify({ ...rest, particulars: { ...particulars, authkey } }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, message]);
}

/** The message stays where it is, in `bytes`. */
export function decodeAssignment(bytes: Buffer): Assignment {
  const end = LENGTH_BYTES + bytes.readUInt32LE(0);
  const { particulars, ...rest } = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end));
  const authkey = toBytes(particulars.authkey);
  return { ...rest, particulars: { ...particulars, authkey }, message: bytes.subarray(end) };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function toBytes(text: string): Uint8Array {
  // Not a Buffer, and with memory of its own.
  return new Uint8Array(Buffer.from(text, 'base64'));
}
