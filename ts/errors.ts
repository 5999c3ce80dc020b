/**
 * The errors of this package. Recognise one by its `code`, which is part of the API; messages are
 * not. Arguments of a wrong type or range are `TypeError` and `RangeError` with Node's own codes,
 * and an unexpected failure of the system passes through as Node's system error.
 */

/**
 * Base class of everything that goes wrong with processes and what connects them.
 * @see Python: `multiprocessing.ProcessError`
 */
export class ProcessError extends Error {
  override readonly name: string = 'ProcessError';
  readonly code: string = 'ERR_MP_PROCESS';
}

/**
 * An object was used in a state that does not allow it: a process started twice, joined before it
 * was started, a process object used by a process that did not create it.
 * @see Python: the `AssertionError`, `ValueError` and `RuntimeError` of misuse.
 */
export class InvalidStateError extends ProcessError {
  override readonly name: string = 'InvalidStateError';
  override readonly code: string = 'ERR_MP_INVALID_STATE';
}

/** The object, or the handle under it, has been closed. */
export class ClosedError extends ProcessError {
  override readonly name: string = 'ClosedError';
  override readonly code: string = 'ERR_MP_CLOSED';
}

/**
 * A wait reached its timeout.
 * @see Python: `multiprocessing.TimeoutError`
 */
export class TimeoutError extends ProcessError {
  override readonly name: string = 'TimeoutError';
  override readonly code: string = 'ERR_MP_TIMEOUT';
}

/**
 * A queue has no room, and got none in time.
 * @see Python: `queue.Full`
 */
export class QueueFull extends ProcessError {
  override readonly name: string = 'QueueFull';
  override readonly code: string = 'ERR_MP_QUEUE_FULL';
}

/**
 * A queue has nothing to get, and got nothing in time.
 * @see Python: `queue.Empty`
 */
export class QueueEmpty extends ProcessError {
  override readonly name: string = 'QueueEmpty';
  override readonly code: string = 'ERR_MP_QUEUE_EMPTY';
}

/**
 * A blocking wait gave way to a signal for which the program has a listener, which runs as soon as
 * control is back in the event loop. Nothing was consumed: the wait may be repeated.
 * @see Python: a signal handler that raises out of a blocking call.
 */
export class InterruptedError extends ProcessError {
  override readonly name: string = 'InterruptedError';
  override readonly code: string = 'ERR_MP_INTERRUPTED';
  /** The signal's name, such as `'SIGINT'`. */
  readonly signal: string;

  constructor(signal: string) {
    super(`The wait was interrupted by ${signal}`);
    this.signal = signal;
  }
}

/**
 * A received message does not fit the buffer given for it. The message is not lost.
 * @see Python: `multiprocessing.BufferTooShort`
 */
export class BufferTooShort extends ProcessError {
  override readonly name: string = 'BufferTooShort';
  override readonly code: string = 'ERR_MP_BUFFER_TOO_SHORT';
  /** The whole message. */
  readonly bytes: Uint8Array;

  constructor(message: Uint8Array, room: number) {
    super(`Expected a buffer with room for ${message.length} bytes, received one with ${room}`);
    this.bytes = message;
  }
}

/**
 * The other side does not hold the same `authkey`.
 * @see Python: `multiprocessing.AuthenticationError`
 */
export class AuthenticationError extends ProcessError {
  override readonly name: string = 'AuthenticationError';
  override readonly code: string = 'ERR_MP_AUTHENTICATION';
}

/**
 * Nothing is left to receive, and the other end is closed.
 * @see Python: `EOFError`
 */
export class EOFError extends ProcessError {
  override readonly name: string = 'EOFError';
  override readonly code: string = 'ERR_MP_EOF';

  constructor(message = 'The other end of the connection is closed') {
    super(message);
  }
}

/** Where in the value the culprit of a {@link PicklingError} is. */
export interface PicklingErrorOptions extends ErrorOptions {
  readonly path?: string;
  readonly trail?: readonly string[];
}

/**
 * A value cannot travel to another process, or bytes received are not a value. The first line of
 * the message names what cannot travel and where it is, such as `args[1].cb`; the lines after it
 * lead there from the inside out. An error of a getter, a reducer or the like is the `cause`.
 * @see Python: `pickle.PicklingError` and `pickle.UnpicklingError`
 */
export class PicklingError extends ProcessError {
  override readonly name: string = 'PicklingError';
  override readonly code: string = 'ERR_MP_PICKLING';
  /** The way to the culprit as an expression; `undefined` when bytes could not be read. */
  readonly path: string | undefined;
  /** The same way step by step, innermost first: `property 'wm' of Object object`. */
  readonly trail: readonly string[];

  constructor(message: string, options: PicklingErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.path = options.path;
    this.trail = options.trail ?? [];
  }
}

/**
 * `fork()` of this process cannot be made safe: the C library is unknown, or this is a
 * worker_thread. The message names a start method that works.
 */
export class ForkUnsupportedError extends ProcessError {
  override readonly name: string = 'ForkUnsupportedError';
  override readonly code: string = 'ERR_MP_FORK_UNSUPPORTED';
}

/**
 * A barrier was broken: somebody who waited gave up, its action failed, or it was aborted or reset.
 * @see Python: `threading.BrokenBarrierError`
 */
export class BrokenBarrierError extends ProcessError {
  override readonly name: string = 'BrokenBarrierError';
  override readonly code: string = 'ERR_MP_BROKEN_BARRIER';
}
