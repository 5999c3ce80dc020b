/**
 * A one-way channel in shared memory: one thread writes frames, one reads them. No lock and no system call
 * is on the way while both are awake, and the death of either harms nothing but its own frame: what is
 * written counts when `written` says so, and is free again when `read` does.
 */

import { defineKind } from '../arena/kinds.js';
import { registerHandle, SharedHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import type { Wait } from '../transport/wait-options.js';
import {
  HEADER_BYTES,
  type LooseFrame,
  REVOKED,
  RingMemory,
  sizeOf,
  TAKEN,
} from './ring-memory.js';
import { dropSpill, SPILL_BYTES, spill, unspill } from './spill.js';

// What the third word holds: the tag, a note, and whether the payload is the place of a larger one.
const TAG_MASK = 0xff;
const NOTE_SHIFT = 8;
const SPILLED = 1 << 31;

/** The largest note. */
export const MAX_NOTE = (1 << 23) - 1;

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
