/**
 * A piece of a queue: messages one behind the other, each behind a word that tells its length. They are
 * chained; the queue keeps them, so that they outlive whoever made them, and end with it.
 */
import { BYTES_PER_WORD } from '../arena/layout.js';
import type { SharedObject } from '../arena/shared-object.js';
import { OVERLAP_BYTES, wordsAt } from '../arena/windows.js';
import { native } from '../native/binding.js';

/** As large as is sure to be whole in one window. */
const SEGMENT_BYTES = OVERLAP_BYTES;
const HEADER_BYTES = 64;
const SEGMENT_TYPE = 35;

/** How many bytes of messages there is room for. */
export const ROOM = SEGMENT_BYTES - HEADER_BYTES;
/** Larger messages stand elsewhere: a segment should not be left half empty for one. */
export const LARGEST = ROOM / 4;

/** Instead of a length: the next message is in the next segment. */
const LINK = -1;
/** In the word before a message: what follows tells where it is. */
const LARGE = 1 << 30;

const ALIGNMENT = 8;
/** Below so many bytes a loop is faster than a call. */
const FEW_BYTES = 64;

// Its offset fits in a word when it is counted in these.
const CACHE_LINE = 64;

/** How much room a message takes. */
export const sizeOf = (length: number) => (BYTES_PER_WORD + length + ALIGNMENT - 1) & -ALIGNMENT;

export class Segment {
  /** What it is called in the arena. Never 0. */
  readonly number: number;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #index: number;

  /** @throws A system error when the arena has no room for it. */
  static create(keeper: SharedObject): Segment {
    const offset = native.allocateObject(SEGMENT_BYTES, SEGMENT_TYPE, 0);
    native.pinObjectFor(offset, keeper.offset);
    native.detachObject(offset);
    return new Segment(offset / CACHE_LINE);
  }

  static free(number: number): void {
    native.unpinObject(number * CACHE_LINE);
  }

  constructor(number: number) {
    const { words, bytes, index } = wordsAt(number * CACHE_LINE);
    this.number = number;
    this.#words = words;
    this.#bytes = bytes;
    this.#index = index;
  }

  /** The number of the segment behind it; 0: there is none yet. */
  get next(): number {
    return this.#words[this.#index]!;
  }

  set next(number: number) {
    this.#words[this.#index] = number;
  }

  /** @param isLarge - The payload tells where the message is. */
  write(position: number, payload: Uint8Array, isLarge: boolean): void {
    const { length } = payload;
    const word = this.#wordAt(position);
    this.#words[word] = isLarge ? length | LARGE : length;
    const at = (word + 1) * BYTES_PER_WORD;
    const bytes = this.#bytes;
    if (length > FEW_BYTES) bytes.set(payload, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = payload[i]!;
  }

  /** What comes next does so in the next segment. */
  writeLink(position: number): void {
    if (position < ROOM) this.#words[this.#wordAt(position)] = LINK;
  }

  /** Whether what comes next does so in the next segment. */
  isEndAt(position: number): boolean {
    return position === ROOM || this.#words[this.#wordAt(position)] === LINK;
  }

  lengthAt(position: number): number {
    return this.#words[this.#wordAt(position)]! & ~LARGE;
  }

  isLargeAt(position: number): boolean {
    return (this.#words[this.#wordAt(position)]! & LARGE) !== 0;
  }

  /** Copies the message of that length. */
  read(position: number, length: number, copy: Uint8Array): void {
    const at = (this.#wordAt(position) + 1) * BYTES_PER_WORD;
    const bytes = this.#bytes;
    if (length > FEW_BYTES) copy.set(bytes.subarray(at, at + length));
    else for (let i = 0; i < length; i++) copy[i] = bytes[at + i]!;
  }

  #wordAt(position: number): number {
    return this.#index + (HEADER_BYTES + position) / BYTES_PER_WORD;
  }
}
