/**
 * What goes between a process and the server of a manager: frames of one or more messages. A message is a header of
 * 16 bytes and a payload of the codec.
 */
import { ProcessError } from '../errors.js';
import { native } from '../native/binding.js';
import { encode, type Undo, undoAll } from '../serialization/pickle.js';
import { closeHandles } from '../transport/frame-reader.js';

export const ToServer = {
  /** The arguments; the header has the object and the method. */
  CALL: 1,
  /** The same, where the last argument takes a signal. */
  CALL_WITH_SIGNAL: 11,
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
  /** It returned undefined: there is no payload. */
  DONE: 4,
} as const;

// Where in the header what is; at 0 the kind, at 1 how many of the frame's descriptors are the message's.
const METHOD = 2;
const NUMBER = 4;
const OBJECT = 8;
const LENGTH = 12;
const HEADER_BYTES = 16;
const MAX_HANDLES = 255;

/** Instead of the place of a method among those that the object has: its name comes before the arguments. */
export const BY_NAME = 0xffff;

export interface Message {
  readonly kind: number;
  /** Of the call that it is, or answers. */
  readonly number: number;
  readonly object: number;
  readonly method: number;
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
  readonly object?: number;
  readonly method?: number;
  /** What the value is called in messages of errors. */
  readonly root: string;
  readonly scratch?: Map<unknown, unknown>;
}

/** Messages that have not left yet. */
export class Outbox {
  #memory = allocate(4096);
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
    const { root, scratch } = options;
    try {
      const bytes = encode(value, {
        reserve: HEADER_BYTES,
        root,
        handles,
        undo,
        ...(scratch && { scratch }),
      });
      if (handles.length > MAX_HANDLES) throw tooManyHandles(handles.length);
      this.#append(bytes, kind, number, handles.length, options);
    } catch (error) {
      undoAll(undo);
      throw error;
    }
    if (handles.length > 0) this.#handles.push(...handles);
    if (undo.length > 0) this.#undo.push(...undo);
  }

  /** A message without a payload. */
  addEmpty(kind: number, number: number): void {
    this.#append(NO_PAYLOAD, kind, number, 0, {});
  }

  /** Copies the descriptors, since the program may close its own before the frame leaves. */
  keepHandles(): void {
    this.#handles = this.#handles.map((fd) => native.duplicateFd(fd));
    this.#copies = [...this.#handles];
  }

  /** The frame of all messages; its bytes are valid until the next is added. */
  take(): OutgoingFrame {
    const frame = {
      body: this.#memory.bytes.subarray(0, this.#length),
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

  /** `bytes`: the payload after room for the header. */
  #append(
    bytes: Buffer,
    kind: number,
    number: number,
    handles: number,
    { object = 0, method = 0 }: Partial<PostOptions>,
  ): void {
    const start = this.#length;
    this.#reserve(start + bytes.length);
    this.#length += bytes.length;
    const { view } = this.#memory;
    this.#memory.bytes.set(bytes, start);
    view.setUint8(start, kind);
    view.setUint8(start + 1, handles);
    view.setUint16(start + METHOD, method, true);
    view.setUint32(start + NUMBER, number, true);
    view.setUint32(start + OBJECT, object, true);
    view.setUint32(start + LENGTH, bytes.length - HEADER_BYTES, true);
  }

  #reserve(size: number): void {
    if (size <= this.#memory.bytes.length) return;
    const larger = allocate(Math.max(size, 2 * this.#memory.bytes.length));
    larger.bytes.set(this.#memory.bytes.subarray(0, this.#length));
    this.#memory = larger;
  }
}

interface Memory {
  readonly bytes: Buffer;
  readonly view: DataView;
}

function allocate(size: number): Memory {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

const NO_PAYLOAD = Buffer.alloc(HEADER_BYTES);

function tooManyHandles(count: number): ProcessError {
  return new ProcessError(
    `Expected at most ${MAX_HANDLES} descriptors in a call, received ${count}`,
  );
}

/** @throws {ProcessError} ERR_MP_PROCESS when the bytes are no frame; what `read` throws. */
export function readMessages(frame: Frame, read: (message: Message) => void): void {
  if (frame.handles.length === 0) {
    readEach(frame, read);
    return;
  }
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
      object: body.readUInt32LE(at + OBJECT),
      method: body.readUInt16LE(at + METHOD),
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
