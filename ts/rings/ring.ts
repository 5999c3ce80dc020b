/**
 * A one-way channel in shared memory: one thread writes frames, one reads them. No lock and no system call
 * is on the way while both are awake, and the death of either harms nothing but its own frame: what is
 * written counts when `written` says so, and is free again when `read` does.
 */

import { defineKind } from '../arena/kinds.js';
import { BYTES_PER_WORD, QUEUE_WORDS } from '../arena/layout.js';
import { registerHandle, SharedHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import type { WaitLine } from '../arena/wait-line.js';
import { native } from '../native/binding.js';
import type { Wait } from '../transport/wait-options.js';
import { dropSpill, SPILL_BYTES, spill, unspill } from './spill.js';

// Words, each in a cache line of its own: free-running counts of bytes.
const WRITTEN = 0;
const READ = 16;
const HEADER_WORDS = 32;
const HEADER_BYTES = HEADER_WORDS * BYTES_PER_WORD;

// Of a frame: its words; the payload follows.
const LENGTH = 0;
const STATE = 1;
const KIND = 2;
const ID = 3;
const FRAME_BYTES = 16;

/** The state of a frame. */
const READY = 0;
const TAKEN = 1;
const REVOKED = 2;

// What the third word holds: the tag, a note, and whether the payload is the place of a larger one.
const TAG_MASK = 0xff;
const NOTE_SHIFT = 8;
const SPILLED = 1 << 31;

/** The largest note. */
export const MAX_NOTE = (1 << 23) - 1;

const READABLE_QUEUE = 0;
const WRITABLE_QUEUE = 1;

const QUEUES_BYTES = 2 * QUEUE_WORDS * BYTES_PER_WORD;

const RING = defineKind('Ring', { queues: 2, bytes: 0 });

/** What the reader gets, while it uses it. */
export interface Frame {
  /** What kind of frame it is: 0 to 255. */
  readonly tag: number;
  readonly id: number;
  /** Whatever the writer has to say besides: 0 to MAX_NOTE. */
  readonly note: number;
  readonly payload: Uint8Array;
}

/** A frame that its reader has not taken, and that may be written to another ring. */
export interface LooseFrame {
  readonly kind: number;
  readonly id: number;
  readonly payload: Uint8Array;
}

const sizeOf = (length: number) => FRAME_BYTES + ((length + FRAME_BYTES - 1) & -FRAME_BYTES);

/** Both ends of the memory; each thread uses one of them. */
class RingMemory {
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

export class Ring extends SharedHandle {
  readonly #memory: RingMemory;

  /**
   * @param capacity - In bytes, a power of two.
   * @throws A system error when the arena has no room for it.
   */
  static create(capacity: number): Ring {
    return new Ring(SharedObject.create({ ...RING, bytes: HEADER_BYTES + capacity }), capacity);
  }

  /** @internal */
  constructor(object: SharedObject, capacity: number) {
    super(object);
    this.#memory = object.core((it) => new RingMemory(it, capacity));
  }

  get capacity(): number {
    return this.#memory.capacity;
  }

  // The writer.

  /**
   * Writes a frame, of which the reader learns by `flush`, or when it looks.
   * @returns False when there is no room for it now.
   * @throws A system error when the arena has no room for a large one.
   */
  write(tag: number, id: number, payload: Uint8Array, note = 0): boolean {
    const kind = tag | (note << NOTE_SHIFT);
    if (!this.#isLarge(payload.length)) return this.#memory.put(kind, id, payload);
    if (this.#memory.room < sizeOf(SPILL_BYTES)) return false;
    return this.#memory.put(kind | SPILLED, id, spill(payload));
  }

  /** Writes a frame that was loose. */
  rewrite({ kind, id, payload }: LooseFrame): boolean {
    return this.#memory.put(kind, id, payload);
  }

  /** Wakes the reader, if it sleeps. */
  flush(): void {
    if (this.#memory.hasFrame) this.#memory.readable.wake(false);
  }

  /** Resolves to true when a frame of that many bytes fits. */
  roomFor(bytes: number, wait: Wait): Promise<boolean> {
    const needed = sizeOf(this.#isLarge(bytes) ? SPILL_BYTES : bytes);
    return this.#memory.writable.wait(this, () => this.#memory.room >= needed, wait);
  }

  #isLarge(bytes: number): boolean {
    return bytes > this.capacity / 4;
  }

  /**
   * Takes back frames that the reader has not taken, and leaves the earliest of them to it when there are
   * more than `max`.
   */
  revoke(
    isWanted: (tag: number, id: number) => boolean,
    max = Number.POSITIVE_INFINITY,
  ): LooseFrame[] {
    const revoked: LooseFrame[] = [];
    const positions = this.#unread();
    while (positions.length > 0 && revoked.length < max) {
      const position = positions.pop()!;
      const { kind, id, payload } = this.#memory.look(position);
      if (!isWanted(kind & TAG_MASK, id)) continue;
      const loose = { kind, id, payload: payload.slice() };
      if (this.#memory.claim(position, REVOKED)) revoked.push(loose);
    }
    return revoked.reverse();
  }

  #unread(): number[] {
    const positions = [];
    const end = this.#memory.written;
    for (let at = this.#memory.read; at !== end; at = this.#memory.after(at)) positions.push(at);
    return positions;
  }

  // The reader.

  get hasFrame(): boolean {
    return this.#memory.hasFrame;
  }

  /**
   * Takes the next frame that was not revoked, and gives its memory back when `use` has returned.
   * @returns What `use` returned; undefined when there is none.
   */
  take<T>(use: (frame: Frame) => T): T | undefined {
    for (let at = this.#memory.read; at !== this.#memory.written; ) {
      const next = this.#memory.after(at);
      try {
        if (this.#memory.claim(at, TAKEN)) return useFrame(this.#memory.look(at), use);
      } finally {
        this.#memory.free(next);
      }
      at = next;
    }
    return undefined;
  }

  /** Resolves to true when there is something to take, or whatever else is waited for. */
  readable(wait: Wait, isEnough: () => boolean = () => this.hasFrame): Promise<boolean> {
    return this.#memory.readable.wait(this, isEnough, wait);
  }
}

function useFrame<T>({ kind, id, payload }: LooseFrame, use: (frame: Frame) => T): T {
  const tag = kind & TAG_MASK;
  const note = (kind & ~SPILLED) >>> NOTE_SHIFT;
  if (kind >= 0) return use({ tag, id, note, payload });
  return unspill(payload, (large) => use({ tag, id, note, payload: large }));
}

/** For a frame that nobody will read. */
export function dropFrame({ kind, payload }: LooseFrame): void {
  if (kind < 0) dropSpill(payload);
}

registerHandle<Ring, number>(Ring, {
  kind: RING,
  describe: (ring) => ring.capacity,
  make: (object, capacity) => new Ring(object, capacity),
});
