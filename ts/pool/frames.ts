/** What goes through the two rings between a pool and a worker. */

/** To the worker. The note of a task is the id of its function, its id that of the task. */
export const ToWorker = {
  /** A function: a FunctionMessage. */
  DEFINE: 1,
  /** No task will name the function any more. */
  FORGET: 2,
  /** There will be no more tasks. */
  STOP: 3,
  /** fn(...payload) */
  CALL: 4,
  /** payload.map((item) => fn(item)) */
  MAP: 5,
  /** payload.map((args) => fn(...args)) */
  STARMAP: 6,
  /** As MAP; the payload is numbers and nothing else. */
  MAP_INTS: 7,
  MAP_FLOATS: 8,
} as const;

/** From the worker. The note of a result is how long the task took, in microseconds. */
export const FromWorker = {
  /** The initializer is done. */
  READY: 1,
  /** The initializer failed, with the error in the payload. The worker ends. */
  UNFIT: 2,
  /** The task begins; told of those with TELL only. */
  STARTED: 3,
  RESULT: 4,
  RESULT_INTS: 5,
  RESULT_FLOATS: 6,
  ERROR: 7,
} as const;

/** In a tag: the payload has descriptors, and comes over the socket instead. */
export const BY_SOCKET = 0x40;
/** In the tag of a task: its beginning is to be told. */
export const TELL = 0x80;
/** In the tag of a result: the worker has grown too large, and is to be replaced. */
export const OVERSIZE = 0x80;

/** What a tag says besides. */
export const BASE = 0x3f;

/** A function on its way to a worker. */
export interface FunctionMessage {
  /** Modules to be imported before the function can be decoded. */
  readonly modules: readonly string[];
  /** The function, encoded. */
  readonly message: Uint8Array;
}
