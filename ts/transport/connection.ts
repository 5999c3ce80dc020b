import { EOFError, ProcessError } from '../errors.js';
import { native } from '../native/binding.js';
import { encode, registerReducer, type Undo, undoAll } from '../serialization/codec.js';
import { outOfRange, validateInteger } from '../validate.js';
import { Channel } from './channel.js';
import { closeHandles, type FrameRequest } from './frame-reader.js';
import { readiness, type Waitable } from './readiness.js';
import type { ReceiveRequest } from './receive-line.js';
import {
  type Bytes,
  type RecvBytesIntoOptions,
  type RecvBytesOptions,
  receiveData,
  receiveFrame,
  receiveValue,
  type SendBytesOptions,
  toBody,
  toBytesRequest,
  toIntoRequest,
} from './requests.js';
import { toWait, type Wait, type WaitOptions } from './wait-options.js';

export type {
  Bytes,
  RecvBytesIntoOptions,
  RecvBytesOptions,
  SendBytesOptions,
} from './requests.js';
export type { WaitOptions } from './wait-options.js';

const constructorKey = Symbol('Connection');
const NO_BYTES = new Uint8Array(0);

/** What a connection is for; all are true by default. */
export interface ConnectionOptions {
  readable?: boolean | undefined;
  writable?: boolean | undefined;
  /** Whether `recv` takes functions, classes and instances of classes from the other end. */
  functions?: boolean | undefined;
}

/**
 * One end of a pipe between two processes (or within one): sends and receives whole messages.
 *
 * Each message arrives in one piece and in order, also when several calls, or several processes
 * that share an end, send at once. Nothing is read ahead, so an end may at any moment be inherited
 * by a forked process or sent to another one, and both styles may be mixed: methods that return a
 * promise, and their `…Sync` twins that block the thread, for workers. An open connection keeps
 * the process running only while an operation on it is pending.
 *
 * A `…Sync` method gives way to a signal for which the program has a listener, with an
 * `InterruptedError`. When the wait of a send is given up (timeout, abort, interruption) after a
 * part of the message is out, the rest follows in the background: the stream stays whole.
 *
 * @see Python: `multiprocessing.connection.Connection`; differs: timeouts in ms; two senders at
 * once never mix their bytes.
 */
export class Connection implements Disposable, Waitable {
  readonly #channel: Channel;
  readonly #values: ReceiveRequest<unknown>;

  /** @internal */
  constructor(key: symbol, channel: Channel, { functions = true }: { functions?: boolean } = {}) {
    if (key !== constructorKey)
      throw new TypeError(
        'A Connection is made by Pipe(), connection.Listener or connection.Client, not by a constructor',
      );
    this.#channel = channel;
    this.#values = functions ? receiveValue : receiveData;
  }

  /**
   * A connection over a stream socket that this process has, which belongs to it from now on.
   * @throws TypeError, RangeError; a system error when the descriptor is not open
   */
  static fromFd(
    fd: number,
    { readable = true, writable = true, functions = true }: ConnectionOptions = {},
  ): Connection {
    validateInteger('fd', fd, { max: 0x7fffffff });
    if (!readable && !writable) throw outOfRange('readable', 'true unless `writable` is', readable);
    native.adoptFd(fd);
    const channel = new Channel(fd, { readable, writable });
    return new Connection(constructorKey, channel, { functions });
  }

  /** Whether messages can be received here. */
  get readable(): boolean {
    return this.#channel.readable;
  }

  /** Whether messages can be sent here. */
  get writable(): boolean {
    return this.#channel.writable;
  }

  /** Whether `recv` takes functions, classes and instances of classes: to rebuild them runs code. */
  get functions(): boolean {
    return this.#values === receiveValue;
  }

  /** Whether this end is closed, by `close()` or by a read-only end's broken stream. */
  get closed(): boolean {
    return this.#channel.isClosed;
  }

  /**
   * The descriptor of the socket. Reading or writing it by other means breaks messages.
   * @throws {ClosedError} ERR_MP_CLOSED
   */
  fileno(): number {
    return this.#channel.fd;
  }

  /**
   * Sends a value.
   * @returns When the operating system has taken the whole message, which waits for the reader
   * when it is behind.
   * @throws {PicklingError} ERR_MP_PICKLING: the value cannot travel; nothing was sent.
   * @throws {TimeoutError} ERR_MP_TIMEOUT
   * @throws {ClosedError} ERR_MP_CLOSED: this end is, or was meanwhile, closed.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: this end is read-only.
   * @throws A system error EPIPE when the other end is closed.
   * @see Python: `Connection.send`
   */
  send(value: unknown, options?: WaitOptions): Promise<void> {
    return promise(() => {
      const wait = toWait(options);
      const handles: number[] = [];
      const undo = unused;
      const body = encode(value, { handles, undo, root: 'message' });
      if (undo.length === 0) return this.#channel.send(body, handles, wait);
      unused = [];
      return sendOrUndo(undo, () => this.#channel.send(body, handles, wait));
    });
  }

  /**
   * Blocks the thread as `send` waits.
   * @throws As `send`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  sendSync(value: unknown, options?: WaitOptions): void {
    const wait = toWait(options);
    const handles: number[] = [];
    const undo: Undo[] = [];
    const body = encode(value, { handles, undo, root: 'message' });
    try {
      this.#channel.sendSync(body, handles, wait);
    } catch (error) {
      undoAll(undo);
      throw error;
    }
  }

  /**
   * Sends a frame that is encoded already, with descriptors, of which the other side gets copies.
   * @internal
   */
  async sendFrame(
    body: Uint8Array,
    handles: readonly number[],
    options?: WaitOptions,
  ): Promise<void> {
    return this.#channel.send(body, handles, toWait(options));
  }

  /**
   * Receives a frame as it is, with its descriptors, which belong to the caller.
   * @internal
   */
  async recvFrame({
    maxLength = Number.POSITIVE_INFINITY,
    ...wait
  }: RecvBytesOptions = {}): Promise<{ body: Buffer; handles: number[] }> {
    return this.#channel.receive({ ...receiveFrame, maxLength }, toWait(wait));
  }

  /**
   * The same, blocking.
   * @internal
   */
  recvFrameSync({ spinUs, ...wait }: WaitOptions & Pick<FrameRequest, 'spinUs'> = {}): {
    body: Buffer;
    handles: number[];
  } {
    return this.#channel.receiveSync({ ...receiveFrame, spinUs }, toWait(wait));
  }

  /**
   * Receives a value.
   * @throws {EOFError} ERR_MP_EOF: the other end, and every copy of it, is closed.
   * @throws {TimeoutError} ERR_MP_TIMEOUT; a message that has come in part is kept for the next call.
   * @throws {ClosedError} ERR_MP_CLOSED
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: this end is write-only.
   * @throws {ProcessError} ERR_MP_PROCESS: the other end was closed in the middle of a message.
   * @throws {PicklingError} ERR_MP_PICKLING: the bytes are no value, or hold a function where
   *   `functions` is false; the message is consumed.
   * @see Python: `Connection.recv`
   */
  recv<T = unknown>(options?: WaitOptions): Promise<T> {
    return promise(() => this.#channel.receive(this.#values, toWait(options)) as T | Promise<T>);
  }

  /**
   * Blocks the thread as `recv` waits. Overtakes calls of `recv` that are waiting.
   * @throws As `recv`; {InterruptedError} ERR_MP_INTERRUPTED: nothing is lost.
   */
  recvSync<T = unknown>(options?: WaitOptions): T {
    return this.#channel.receiveSync(this.#values, toWait(options)) as T;
  }

  /**
   * Sends bytes as one message; none at all is a message too. They are copied if they have to wait.
   * @param options - Or the offset, and then the size.
   * @throws As `send`; RangeError when offset and size do not lie within the bytes.
   * @see Python: `Connection.send_bytes`
   */
  sendBytes(bytes: Bytes, options?: number | SendBytesOptions, size?: number): Promise<void> {
    return promise(() => {
      const { body, wait } = toBody(bytes, options, size);
      return this.#channel.send(body, [], wait);
    });
  }

  /** Blocks the thread as `sendBytes` waits. */
  sendBytesSync(bytes: Bytes, options?: number | SendBytesOptions, size?: number): void {
    const { body, wait } = toBody(bytes, options, size);
    this.#channel.sendSync(body, [], wait);
  }

  /**
   * Receives one message as bytes.
   * @param options - Or the greatest length that is allowed.
   * @throws As `recv`; {ProcessError} `bad message length` when the message is longer: nothing more
   * can be received here then, and a read-only end is closed.
   * @see Python: `Connection.recv_bytes`
   */
  recvBytes(options?: number | RecvBytesOptions): Promise<Buffer> {
    return promise(() => {
      const { request, wait } = toBytesRequest(options);
      return this.#channel.receive(request, wait);
    });
  }

  /** Blocks the thread as `recvBytes` waits. */
  recvBytesSync(options?: number | RecvBytesOptions): Buffer {
    const { request, wait } = toBytesRequest(options);
    return this.#channel.receiveSync(request, wait);
  }

  /**
   * Receives one message as bytes into a buffer, which must be left alone until then.
   * @param options - Or the offset.
   * @returns The length of the message.
   * @throws As `recv`; {BufferTooShort} ERR_MP_BUFFER_TOO_SHORT, which has the whole message.
   * @see Python: `Connection.recv_bytes_into`
   */
  recvBytesInto(buffer: Bytes, options?: number | RecvBytesIntoOptions): Promise<number> {
    return promise(() => {
      const { request, wait } = toIntoRequest(buffer, options);
      return this.#channel.receive(request, wait);
    });
  }

  /** Blocks the thread as `recvBytesInto` waits. */
  recvBytesIntoSync(buffer: Bytes, options?: number | RecvBytesIntoOptions): number {
    const { request, wait } = toIntoRequest(buffer, options);
    return this.#channel.receiveSync(request, wait);
  }

  /**
   * Sends a descriptor: the other side gets one of its own for the same file or socket, which stays open
   * whatever becomes of this one. Through a Pipe or an AF_UNIX connection only.
   * @throws As `send`, except PicklingError; {ProcessError} ERR_MP_PROCESS over the internet; a system
   * error EBADF when the descriptor is not open.
   * @see Python: `multiprocessing.reduction.send_handle`; differs: it goes in a frame, in its turn.
   */
  sendFd(fd: number, options?: WaitOptions): Promise<void> {
    return promise(() => {
      validateInteger('fd', fd, { max: 0x7fffffff });
      return this.#channel.send(NO_BYTES, [fd], toWait(options));
    });
  }

  /**
   * Receives a descriptor that `sendFd` has sent. CLOEXEC; it is the caller's to close.
   * @throws As `recv`, except PicklingError; {ProcessError} ERR_MP_PROCESS: the message is another one, and
   * is lost.
   * @see Python: `multiprocessing.reduction.recv_handle`
   */
  async recvFd(options?: WaitOptions): Promise<number> {
    const { body, handles } = await this.#channel.receive(receiveFrame, toWait(options));
    const [fd] = handles;
    if (body.length > 0 || handles.length > 1 || fd === undefined) {
      closeHandles(handles);
      throw new ProcessError('The message is not a descriptor that sendFd() has sent');
    }
    native.disownFd(fd);
    return fd;
  }

  /**
   * Whether something is there to be received; also true at the end of file.
   * @param options - `timeout`: default 0, `undefined` waits for ever.
   * @see Python: `Connection.poll`
   */
  async poll(options?: WaitOptions): Promise<boolean> {
    return this.#channel.poll(toWait(options, 0));
  }

  /** Blocks the thread as `poll` waits. */
  pollSync(options?: WaitOptions): boolean {
    return this.#channel.pollSync(toWait(options, 0));
  }

  /** @internal */
  [readiness](wait: Wait): boolean | Promise<boolean> {
    return this.#channel.poll(wait);
  }

  /** Receives values until the other end is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    for (;;) {
      let value: unknown;
      try {
        value = await this.recv();
      } catch (error) {
        if (error instanceof EOFError) return;
        throw error;
      }
      yield value;
    }
  }

  /**
   * Closes this end; operations that wait on it fail with ClosedError. Copies of the end in other
   * processes stay open. Idempotent.
   */
  close(): void {
    this.#channel.close();
  }

  /**
   * Lets go of the descriptor without closing it; it is the caller's then.
   * @internal
   */
  detach(): number {
    const fd = this.#channel.fd;
    this.#channel.close({ keepOpen: true });
    return fd;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Whether pending operations keep the process running, as they do at first.
   * @internal
   */
  keepAlive(keep: boolean): void {
    this.#channel.keepAlive(keep);
  }

  /**
   * Other processes hold this end as well: messages are sent under a lock from now on.
   * @internal
   */
  markShared(): void {
    this.#channel.markShared();
  }
}

// For the next message, hardly any of which needs one.
let unused: Undo[] = [];

async function sendOrUndo(undo: Undo[], send: () => void | Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    undoAll(undo);
    throw error;
  }
}

// Like an async function, with a promise and some microtasks less for each message.
function promise<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(run());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** What travels of a connection: the index of its descriptor, its directions, and whether it takes functions. */
type ReducedConnection = readonly [number, boolean, boolean, boolean];

registerReducer<Connection, ReducedConnection>(
  Connection,
  {
    reduce(connection, { handles }) {
      const index = handles.push(connection.fileno()) - 1;
      // From now on there are two.
      connection.markShared();
      return [index, connection.readable, connection.writable, connection.functions];
    },
    rebuild([index, readable, writable, functions], { handles }) {
      const fd = Number.isInteger(index) ? (handles[index] ?? -1) : -1;
      if (fd < 0) throw new ProcessError('The message came without its descriptor');
      const connection = Connection.fromFd(fd, { readable, writable, functions });
      handles[index] = -1;
      connection.markShared();
      return connection;
    },
  },
  { name: 'Connection' },
);
