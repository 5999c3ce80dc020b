import { ProcessError } from '../errors.js';
import { native } from '../native/binding.js';
import { encode, type Undo, undoAll } from '../serialization/pickle.js';
import { closeHandles } from '../transport/frame-reader.js';
import {
  type Frame,
  HEADER_BYTES,
  LENGTH,
  MAX_HANDLES,
  METHOD,
  NUMBER,
  OBJECT,
} from './protocol.js';

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
  /** While there is no connection, since the program may close its own before the frame leaves. */
  copiesHandles = true;
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
      if (handles.length > 0) this.#addHandles(handles);
      this.#append(bytes, kind, number, handles.length, options);
    } catch (error) {
      undoAll(undo);
      throw error;
    }
    if (undo.length > 0) this.#undo.push(...undo);
  }

  /** A message without a payload. */
  addEmpty(kind: number, number: number): void {
    this.#append(NO_PAYLOAD, kind, number, 0, {});
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

  #addHandles(handles: readonly number[]): void {
    if (handles.length > MAX_HANDLES) throw tooManyHandles(handles.length);
    const added = this.copiesHandles ? copyAll(handles) : handles;
    this.#handles.push(...added);
    if (this.copiesHandles) this.#copies.push(...added);
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

/** @throws A system error, such as EMFILE; then there are no copies. */
function copyAll(handles: readonly number[]): number[] {
  const copies: number[] = [];
  try {
    for (const fd of handles) copies.push(native.duplicateFd(fd));
  } catch (error) {
    closeHandles(copies);
    throw error;
  }
  return copies;
}

function tooManyHandles(count: number): ProcessError {
  return new ProcessError(
    `Expected at most ${MAX_HANDLES} descriptors in a call, received ${count}`,
  );
}
