/**
 * Messages too large for a segment stand in the arena by themselves; the segment holds where. Their memory is
 * used again: pages that are new cost more than what is copied to them.
 */
import type { SharedObject } from '../arena/shared-object.js';
import { wordsAt } from '../arena/windows.js';
import { native } from '../native/binding.js';

const LARGE_TYPE = 36;
/** In front of the message: how much room there is behind it, in cache lines. */
const HEADER_BYTES = 64;
const CACHE_LINE = 64;

/** Memory for larger messages is not kept for the next. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;
/** Nor is it used for messages that are smaller by more than this. */
const MOST_TIMES_TOO_LARGE = 4;

/** Words of a queue that hold what is kept. */
export const SPARES = 4;

/** Views that were made: that takes longer than it should for each message. */
const views = new Map<number, Uint8Array>();
const MOST_VIEWS = 2 * SPARES;

/** One that this thread has. */
export class Large {
  readonly offset: number;
  readonly length: number;
  readonly #serial: number;

  constructor(offset: number, serial: number, length: number) {
    this.offset = offset;
    this.length = length;
    this.#serial = serial;
  }

  /** One that stands in a segment. Undefined: it is gone. */
  static open(sent: Buffer): Large | undefined {
    const [offset, serial, length] = new Float64Array(Uint8Array.from(sent).buffer);
    if (!native.attachObject(offset!, serial!, LARGE_TYPE)) return undefined;
    return new Large(offset!, serial!, length!);
  }

  /** What stands in a segment. */
  describe(): Uint8Array {
    return new Uint8Array(Float64Array.of(this.offset, this.#serial, this.length).buffer);
  }

  /** The queue has it, too, and frees it when it ends itself. */
  keepFor(queue: SharedObject): void {
    native.pinObjectFor(this.offset, queue.offset);
  }

  get bytes(): Uint8Array {
    return viewOf(this.offset, this.length).subarray(0, this.length);
  }

  /** This thread no longer has it. */
  release(): void {
    native.detachObject(this.offset);
  }
}

/** Memory that a queue keeps for its next large messages. */
export class Spares {
  readonly #queue: SharedObject;
  readonly #index: number;

  /** @param word - The first of SPARES words of the queue. */
  constructor(queue: SharedObject, word: number) {
    this.#queue = queue;
    this.#index = queue.index + word;
  }

  /**
   * Puts a message there.
   * @throws A system error when the arena has no room for it.
   */
  fill(payload: Uint8Array): Large {
    const large = this.#take(payload.length) ?? create(payload.length);
    large.bytes.set(payload);
    return large;
  }

  /** Its message is not needed any more, and this thread no longer has it. */
  giveBack(large: Large): void {
    if (capacityAt(large.offset) <= MOST_KEPT_BYTES) this.#keep(large);
    large.release();
  }

  #keep(large: Large): void {
    const { words } = this.#queue;
    for (let word = this.#index; word < this.#index + SPARES; word++) {
      if (Atomics.load(words, word) !== 0) continue;
      large.keepFor(this.#queue);
      if (Atomics.compareExchange(words, word, 0, large.offset / CACHE_LINE) === 0) return;
      native.unpinObject(large.offset);
    }
  }

  #take(length: number): Large | undefined {
    const { words } = this.#queue;
    for (let word = this.#index; word < this.#index + SPARES; word++) {
      const number = Atomics.load(words, word);
      const offset = number * CACHE_LINE;
      if (number === 0 || !isSuitable(offset, length)) continue;
      if (Atomics.compareExchange(words, word, number, 0) !== number) continue;
      const serial = native.serialOfObject(offset);
      if (!native.attachObject(offset, serial, LARGE_TYPE)) continue;
      const large = new Large(offset, serial, length);
      // What was looked at may have been another, at the same place.
      if (isSuitable(offset, length)) return large;
      large.release();
    }
    return undefined;
  }
}

function create(length: number): Large {
  const lines = Math.ceil(length / CACHE_LINE);
  const offset = native.allocateObject(HEADER_BYTES + lines * CACHE_LINE, LARGE_TYPE, 0);
  const { words, index } = wordsAt(offset);
  words[index] = lines;
  return new Large(offset, native.serialOfObject(offset), length);
}

function capacityAt(offset: number): number {
  const { words, index } = wordsAt(offset);
  return words[index]! * CACHE_LINE;
}

function isSuitable(offset: number, length: number): boolean {
  const capacity = capacityAt(offset);
  return capacity >= length && capacity <= length * MOST_TIMES_TOO_LARGE;
}

function viewOf(offset: number, length: number): Uint8Array {
  const known = views.get(offset);
  if (known !== undefined && known.length >= length) return known;
  const bytes = Math.max(length, capacityAt(offset));
  const view = new Uint8Array(native.objectMemory(offset + HEADER_BYTES, bytes));
  if (views.size >= MOST_VIEWS) views.clear();
  if (bytes <= MOST_KEPT_BYTES) views.set(offset, view);
  return view;
}
