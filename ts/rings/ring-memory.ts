/**
 * The memory of a ring: two counts of bytes, and frames between them. What is written counts when `written`
 * says so, and is free again when `read` does.
 */
import { BYTES_PER_WORD, QUEUE_WORDS } from '../arena/layout.js';
import type { SharedObject } from '../arena/shared-object.js';
import type { WaitLine } from '../arena/wait-line.js';
import { native } from '../native/binding.js';

// Words, each in a cache line of its own: free-running counts of bytes.
const WRITTEN = 0;
const READ = 16;
const HEADER_WORDS = 32;
export const HEADER_BYTES = HEADER_WORDS * BYTES_PER_WORD;

// Of a frame: its words; the payload follows.
const LENGTH = 0;
const STATE = 1;
const KIND = 2;
const ID = 3;
const FRAME_BYTES = 16;

/** The state of a frame. */
const READY = 0;
export const TAKEN = 1;
export const REVOKED = 2;

const READABLE_QUEUE = 0;
const WRITABLE_QUEUE = 1;

const QUEUES_BYTES = 2 * QUEUE_WORDS * BYTES_PER_WORD;

/** A frame that its reader has not taken, and that may be written to another ring. */
export interface LooseFrame {
  readonly kind: number;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** How many bytes a frame takes whose payload has so many. */
export const sizeOf = (length: number) => FRAME_BYTES + ((length + FRAME_BYTES - 1) & -FRAME_BYTES);

/** Both ends of the memory; each thread uses one of them. */
export class RingMemory {
  readonly capacity: number;
  readonly readable: WaitLine;
  readonly writable: WaitLine;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(object: SharedObject, capacity: number) {
    this.capacity = capacity;
    const memory = native.objectMemory(object.offset + QUEUES_BYTES, HEADER_BYTES + capacity);
    this.#words = new Int32Array(memory);
    this.#bytes = new Uint8Array(memory, HEADER_BYTES);
    this.readable = object.line(READABLE_QUEUE, { isThere: () => this.hasFrame, inTurn: false });
    this.writable = object.line(WRITABLE_QUEUE, { isThere: () => this.room > 0, inTurn: false });
  }

  get written(): number {
    return Atomics.load(this.#words, WRITTEN);
  }

  get read(): number {
    return Atomics.load(this.#words, READ);
  }

  get hasFrame(): boolean {
    return this.written !== this.read;
  }

  get room(): number {
    return this.capacity - ((this.written - this.read) >>> 0);
  }

  put(kind: number, id: number, payload: Uint8Array): boolean {
    const size = sizeOf(payload.length);
    if (size > this.room) return false;
    const position = this.written;
    const word = this.#wordAt(position);
    this.#words[word + LENGTH] = payload.length;
    this.#words[word + STATE] = READY;
    this.#words[word + KIND] = kind;
    this.#words[word + ID] = id;
    this.#copyIn(position + FRAME_BYTES, payload);
    Atomics.store(this.#words, WRITTEN, position + size);
    return true;
  }

  /** The frame at a position. Its payload is the ring's memory, or a copy where it is not in one piece. */
  look(position: number): LooseFrame {
    const word = this.#wordAt(position);
    const length = this.#words[word + LENGTH]!;
    return {
      kind: this.#words[word + KIND]!,
      id: this.#words[word + ID]!,
      payload: this.#view(position + FRAME_BYTES, length),
    };
  }

  /** The position after the frame. */
  after(position: number): number {
    return (position + sizeOf(this.#words[this.#wordAt(position) + LENGTH]!)) | 0;
  }

  /** Whether the frame at the position changes from ready to another state now. */
  claim(position: number, state: number): boolean {
    const word = this.#wordAt(position) + STATE;
    return Atomics.compareExchange(this.#words, word, READY, state) === READY;
  }

  free(position: number): void {
    Atomics.store(this.#words, READ, position);
    this.writable.wake(false);
  }

  #wordAt(position: number): number {
    return HEADER_WORDS + (position & (this.capacity - 1)) / 4;
  }

  #copyIn(position: number, payload: Uint8Array): void {
    const at = position & (this.capacity - 1);
    const first = this.capacity - at;
    if (payload.length <= first) {
      this.#bytes.set(payload, at);
    } else {
      this.#bytes.set(payload.subarray(0, first), at);
      this.#bytes.set(payload.subarray(first), 0);
    }
  }

  #view(position: number, length: number): Uint8Array {
    const at = position & (this.capacity - 1);
    if (at + length <= this.capacity) return this.#bytes.subarray(at, at + length);
    const whole = new Uint8Array(length);
    const first = this.capacity - at;
    whole.set(this.#bytes.subarray(at, this.capacity));
    whole.set(this.#bytes.subarray(0, length - first), first);
    return whole;
  }
}
