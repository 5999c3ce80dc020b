/**
 * What goes between a process and the server of a manager: frames of one or more messages. A message is a kind, the
 * number of its call, how many of the frame's descriptors are its own, and a payload of the codec.
 */
import { ProcessError } from '../errors.js';
import { native } from '../native/binding.js';
import { encode, type Undo, undoAll } from '../serialization/pickle.js';
import { closeHandles } from '../transport/frame-reader.js';

export const ToServer = {
  /** [object, method, arguments, whether the last argument takes a signal] */
  CALL: 1,
  /** [typeid, arguments] */
  CREATE: 2,
  /** [verb, arguments]: what is asked of the server itself. */
  VERB: 3,
  /** [object, secret, ticket]: this process has a proxy now that another one has sent. */
  ATTACH: 4,
  /** [object, ticket]: a proxy is on its way to another process, and holds the object meanwhile. */
  GRANT: 5,
  /** [ticket]: it has not left after all. */
  REVOKE: 6,
  /** [object, times]: the last proxy of the object in this process is gone. */
  RELEASE: 7,
  /** Gives the call of this number up. */
  CANCEL: 8,
  PING: 9,
  /** This process ends, and not by accident. */
  BYE: 10,
} as const;

export const ToClient = {
  /** What the call returned. */
  RETURN: 1,
  /** What it threw. */
  ERROR: 2,
  PONG: 3,
} as const;

const NUMBER = 2;
const LENGTH = 6;
const HEADER_BYTES = 10;
const MAX_HANDLES = 255;

export interface Message {
  readonly kind: number;
  readonly number: number;
  readonly payload: Uint8Array;
  /** Descriptors of the message; whoever decodes it closes what is left. */
  readonly handles: number[];
}

export interface Frame {
  readonly body: Buffer;
  readonly handles: readonly number[];
}

/** A frame that leaves. */
export interface OutgoingFrame extends Frame {
  /** What to call when it does not leave after all. */
  readonly undo: Undo[];
  /** Descriptors to be closed when it has left, or not. */
  readonly copies: number[];
}

export interface PostOptions {
  /** What the value is called in messages of errors. */
  readonly root: string;
  readonly scratch?: Map<unknown, unknown>;
}

/** Messages that have not left yet. */
export class Outbox {
  #memory = Buffer.allocUnsafe(4096);
  #length = 0;
  #handles: number[] = [];
  #undo: Undo[] = [];
  #copies: number[] = [];

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Bytes. */
  get length(): number {
    return this.#length;
  }

  get hasHandles(): boolean {
    return this.#handles.length > 0;
  }

  /** @throws {PicklingError}, and the message is not added. */
  add(kind: number, number: number, value: unknown, options: PostOptions): void {
    const handles: number[] = [];
    const undo: Undo[] = [];
    try {
      const bytes = encode(value, { ...options, reserve: HEADER_BYTES, handles, undo });
      if (handles.length > MAX_HANDLES) {
        throw new ProcessError(
          `Expected at most ${MAX_HANDLES} descriptors in a call, received ${handles.length}`,
        );
      }
      bytes[0] = kind;
      bytes[1] = handles.length;
      bytes.writeUInt32LE(number, NUMBER);
      bytes.writeUInt32LE(bytes.length - HEADER_BYTES, LENGTH);
      this.#append(bytes);
    } catch (error) {
      undoAll(undo);
      throw error;
    }
    this.#handles.push(...handles);
    this.#undo.push(...undo);
  }

  /** Copies the descriptors, since the program may close its own before the frame leaves. */
  keepHandles(): void {
    this.#handles = this.#handles.map((fd) => native.duplicateFd(fd));
    this.#copies = [...this.#handles];
  }

  /** The frame of all messages; its bytes are valid until the next is added. */
  take(): OutgoingFrame {
    const frame = {
      body: this.#memory.subarray(0, this.#length),
      handles: this.#handles,
      undo: this.#undo,
      copies: this.#copies,
    };
    this.#length = 0;
    this.#handles = [];
    this.#undo = [];
    this.#copies = [];
    return frame;
  }

  #append(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#memory.length));
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    bytes.copy(this.#memory, this.#length);
    this.#length = needed;
  }
}

/** @throws {ProcessError} ERR_MP_PROCESS when the bytes are no frame; what `read` throws. */
export function readMessages(frame: Frame, read: (message: Message) => void): void {
  const rest = new Set(frame.handles);
  try {
    readEach(frame, (message) => {
      for (const fd of message.handles) rest.delete(fd);
      read(message);
    });
  } finally {
    closeHandles([...rest]);
  }
}

function readEach({ body, handles }: Frame, read: (message: Message) => void): void {
  let firstHandle = 0;
  for (let at = 0; at < body.length; ) {
    if (body.length - at < HEADER_BYTES) throw malformed();
    const end = at + HEADER_BYTES + body.readUInt32LE(at + LENGTH);
    const lastHandle = firstHandle + body[at + 1]!;
    if (end > body.length || lastHandle > handles.length) throw malformed();
    read({
      kind: body[at]!,
      number: body.readUInt32LE(at + NUMBER),
      payload: body.subarray(at + HEADER_BYTES, end),
      handles: handles.slice(firstHandle, lastHandle),
    });
    firstHandle = lastHandle;
    at = end;
  }
}

function malformed(): ProcessError {
  return new ProcessError('Expected a frame of messages, received other bytes');
}
