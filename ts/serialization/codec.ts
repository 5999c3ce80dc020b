/**
 * Values to bytes and back: the public face of this folder.
 *
 * Each payload stands alone; what either side remembers between two payloads only saves time.
 * Objects keep their identity and their cycles within one payload, at any depth. What is not kept:
 * property attributes other than enumerability, accessors (the value read travels), frozen and
 * sealed state, and extra properties of typed arrays.
 */
import { PicklingError } from '../errors.js';
import { validateFunction } from '../validate.js';
import type { Purpose, Undo } from './contexts.js';
import { Decoder } from './decoder.js';
import { Encoder } from './encoder.js';
import type { FunctionCodec } from './function-codec.js';
import { setFunctionCodec as useFunctionCodec } from './functions.js';

export {
  type PickleContext,
  type Purpose,
  type Undo,
  type UnpickleContext,
  undoAll,
} from './contexts.js';
export type {
  FunctionCodec,
  FunctionShell,
  ReducedFunction,
} from './function-codec.js';
export {
  type AnyClass,
  assignReducer,
  type Reducer,
  type ReducerOptions,
  registerReducer,
} from './reducers.js';
export { reuseBytes } from './writer.js';

export interface EncodeOptions {
  /** Free bytes in front of the payload, for the header of a frame. Default 0. */
  reserve?: number;
  /** Default `'message'`. */
  purpose?: Purpose;
  /** What the value is called in error messages, such as `args`. Default `value`. */
  root?: string;
  /**
   * Takes the descriptors that travel with the bytes. Without it, a value that needs one is a
   * `PicklingError`.
   */
  handles?: number[];
  /** State of this payload by owner, to begin with or to look at afterwards. */
  scratch?: Map<unknown, unknown>;
  /** Takes what to call if the bytes reach nobody after all. */
  undo?: Undo[];
}

export interface DecodeOptions {
  /** The descriptors that came with the bytes; those taken out are replaced by -1. */
  handles?: number[];
  /** How many of the bytes are the payload. Default: all. */
  length?: number;
  /** Whether they may hold functions, classes and modules, to rebuild which runs code. Default: true. */
  functions?: boolean;
}

// A reducer or a getter may encode, too: then these are in use, and it gets new ones.
let idleEncoder: Encoder | undefined;
let idleDecoder: Decoder | undefined;

/**
 * Encodes a value.
 * @returns `reserve` free bytes and the payload, valid until the next call of `encode`.
 * @throws {PicklingError} ERR_MP_PICKLING when something in the value cannot travel; `path` says
 *   where it is.
 */
export function encode(value: unknown, options: EncodeOptions = {}): Buffer {
  const encoder = idleEncoder ?? new Encoder();
  idleEncoder = undefined;
  const { reserve = 0, purpose = 'message', root = 'value' } = options;
  const { handles, scratch, undo } = options;
  try {
    return encoder.payload(value, reserve, {
      purpose,
      root,
      handles,
      scratch,
      undo,
    });
  } finally {
    idleEncoder = encoder;
  }
}

/**
 * Decodes a payload of `encode`. Buffers and typed arrays own their memory: nothing refers to
 * `bytes` afterwards.
 * @throws {PicklingError} ERR_MP_PICKLING when the bytes are no payload, or something in them
 *   cannot or may not be rebuilt here; an error of a reducer is its `cause`.
 */
export function decode(bytes: Uint8Array, options: DecodeOptions = {}): unknown {
  const decoder = idleDecoder ?? new Decoder();
  idleDecoder = undefined;
  try {
    return decoder.payload(bytes, options);
  } catch (error) {
    if (error instanceof PicklingError) throw error;
    throw new PicklingError(`cannot unpickle: ${textOf(error)}`, {
      cause: error,
    });
  } finally {
    decoder.close();
    idleDecoder = decoder;
  }
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}

/** Sets what functions and classes go through; without one they cannot travel. */
export function setFunctionCodec(codec: FunctionCodec): void {
  validateFunction('codec.reduce', codec.reduce);
  validateFunction('codec.rebuild', codec.rebuild);
  useFunctionCodec(codec);
}
