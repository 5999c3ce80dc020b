/**
 * What a queue is in the arena: a chain of segments, a place in it where the next message is put, and one
 * where the next is got. One at a time puts, and one at a time gets; neither waits for the other.
 *
 * Each place stands twice, and the count of messages put, or got, tells by its lowest bit which of the two
 * holds. To put a message is to write it, then the place behind it where the old place is not, and at last
 * the count: one store. Hence whoever is killed on the way has put it, or has not; and likewise for getting.
 * There is nothing that would have to be repaired.
 */
import { BYTES_PER_WORD } from '../arena/layout.js';
import type { SharedObject } from '../arena/shared-object.js';
import type { Inbox } from './inbox.js';
import { Large, SPARES, Spares } from './large.js';
import { OwnerWord } from './owner-word.js';
import { ROOM, Segment, sizeOf } from './segment.js';

// Words. The putting side, the getting side, and the rest are in cache lines of their own.
const PUTTER = 0;
const PUT_COUNT = 1;
const PUT_PLACES = 2;
const MAX_SIZE = 6;
const GETTER = 16;
const GET_COUNT = 17;
const GET_PLACES = 18;
/** The oldest segment. */
const FIRST = 22;
const DONE_COUNT = 32;
/** How often everything was done. */
const ALL_DONE_COUNT = 33;
const KEPT = 48;

export const MEMORY_BYTES = (KEPT + SPARES) * BYTES_PER_WORD;

/** A message on its way in: its bytes, or where they are. */
export type Message = Uint8Array | Large;

/** `busy`: another is at work. */
export type PutOutcome = 'put' | 'full' | 'busy';
export type TakeOutcome = 'taken' | 'empty' | 'busy';

export class QueueMemory {
  readonly spares: Spares;
  readonly #object: SharedObject;
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #putter: OwnerWord;
  readonly #getter: OwnerWord;
  // Those that this thread used last.
  #tail: Segment | undefined;
  #head: Segment | undefined;
  // How many messages had been put, when so many had been got.
  #seenPut = 0;
  #lookedAt = 0;

  constructor(object: SharedObject) {
    this.spares = new Spares(object, KEPT);
    this.#object = object;
    this.#words = object.words;
    this.#index = object.index;
    this.#putter = new OwnerWord(object.words, object.index + PUTTER);
    this.#getter = new OwnerWord(object.words, object.index + GETTER);
  }

  /** 0 or less: unlimited. Set before others know of the queue. */
  set maxSize(maxSize: number) {
    this.#words[this.#index + MAX_SIZE] = maxSize;
  }

  get isEmpty(): boolean {
    return this.#load(PUT_COUNT) === this.#load(GET_COUNT);
  }

  get isFull(): boolean {
    const maxSize = this.#glance(MAX_SIZE);
    return maxSize > 0 && this.size >= maxSize;
  }

  /** How many messages there are at one moment. */
  get size(): number {
    for (;;) {
      const got = this.#load(GET_COUNT);
      const put = this.#load(PUT_COUNT);
      if (this.#load(GET_COUNT) === got) return (put - got) >>> 0;
    }
  }

  /** @param look - Whether another who puts may have died. */
  put(message: Message, look: boolean): PutOutcome {
    if (this.isFull) return 'full';
    if (!this.#putter.take(look)) return 'busy';
    try {
      // Meanwhile it can only have become emptier.
      if (this.isFull) return 'full';
      this.#append(message);
      return 'put';
    } finally {
      this.#putter.release();
    }
  }

  /** @param look - Whether another who gets may have died. */
  take(inbox: Inbox, look: boolean): TakeOutcome {
    if (!this.#hasNext(this.#glance(GET_COUNT))) return 'empty';
    if (!this.#getter.take(look)) return 'busy';
    try {
      return this.#takeNext(inbox);
    } finally {
      this.#getter.release();
    }
  }

  /** How many messages have been put that are not done. */
  get undone(): number {
    return (this.#load(PUT_COUNT) - this.#load(DONE_COUNT)) >>> 0;
  }

  /** How often everything was done. */
  get allDoneCount(): number {
    return this.#load(ALL_DONE_COUNT);
  }

  /** One more is done. False: there is none that was not. */
  markDone(): boolean {
    for (;;) {
      const done = this.#load(DONE_COUNT);
      if (done === this.#load(PUT_COUNT)) return false;
      const word = this.#index + DONE_COUNT;
      if (Atomics.compareExchange(this.#words, word, done, (done + 1) | 0) === done) break;
    }
    if (this.undone === 0) Atomics.add(this.#words, this.#index + ALL_DONE_COUNT, 1);
    return true;
  }

  // For what does not change, or only by who holds the lock.
  #glance(word: number): number {
    return this.#words[this.#index + word]!;
  }

  #load(word: number): number {
    return Atomics.load(this.#words, this.#index + word);
  }

  #append(message: Message): void {
    const count = this.#glance(PUT_COUNT);
    const isLarge = message instanceof Large;
    const payload = isLarge ? message.describe() : message;
    const size = sizeOf(payload.length);
    let segment = this.#segmentOfTail(this.#place(PUT_PLACES, count));
    let position = this.#place(PUT_PLACES, count, 1);
    if (position + size > ROOM) {
      segment.writeLink(position);
      segment = this.#segmentAfterTail(segment);
      position = 0;
    }
    if (isLarge) message.keepFor(this.#object);
    segment.write(position, payload, isLarge);
    this.#moveTo(PUT_PLACES, count + 1, segment.number, position + size);
    Atomics.store(this.#words, this.#index + PUT_COUNT, count + 1);
  }

  #segmentOfTail(number: number): Segment {
    if (number !== 0) {
      if (this.#tail?.number !== number) this.#tail = new Segment(number);
      return this.#tail;
    }
    // The first message; unless whoever was about to put it was killed.
    const first = this.#glance(FIRST);
    this.#tail = first === 0 ? Segment.create(this.#object) : new Segment(first);
    this.#words[this.#index + FIRST] = this.#tail.number;
    return this.#tail;
  }

  #segmentAfterTail(segment: Segment): Segment {
    const { next } = segment;
    // It is there when whoever was about to use it was killed.
    this.#tail = next === 0 ? Segment.create(this.#object) : new Segment(next);
    segment.next = this.#tail.number;
    return this.#tail;
  }

  #takeNext(inbox: Inbox): TakeOutcome {
    for (;;) {
      const count = this.#glance(GET_COUNT);
      if (!this.#hasNext(count)) return 'empty';
      let segment = this.#segmentOfHead(this.#place(GET_PLACES, count));
      let position = this.#place(GET_PLACES, count, 1);
      if (segment.isEndAt(position)) {
        segment = this.#segmentOfHead(segment.next);
        position = 0;
      }
      const isWhole = inbox.receive(segment, position);
      this.#moveTo(GET_PLACES, count + 1, segment.number, position + sizeOf(inbox.length));
      Atomics.store(this.#words, this.#index + GET_COUNT, count + 1);
      this.#lookedAt = (count + 1) | 0;
      this.#freeBefore(segment);
      if (isWhole) return 'taken';
    }
  }

  // To look at a word that another processor writes all the time holds both of them up. So it is done when
  // there is nothing left of what was there the last time, or another has got some of it.
  #hasNext(got: number): boolean {
    if (got !== this.#lookedAt || got === this.#seenPut) {
      this.#seenPut = this.#load(PUT_COUNT);
      this.#lookedAt = got;
    }
    return got !== this.#seenPut;
  }

  #segmentOfHead(number: number): Segment {
    const found = number === 0 ? this.#glance(FIRST) : number;
    if (this.#head?.number !== found) this.#head = new Segment(found);
    return this.#head;
  }

  // Also those that somebody was about to free, and was killed.
  #freeBefore(segment: Segment): void {
    for (let first = this.#glance(FIRST); first !== segment.number; first = this.#glance(FIRST)) {
      this.#words[this.#index + FIRST] = new Segment(first).next;
      Segment.free(first);
    }
  }

  #place(places: number, count: number, part = 0): number {
    return this.#glance(places + (count & 1) * 2 + part);
  }

  #moveTo(places: number, count: number, segment: number, position: number): void {
    const word = this.#index + places + (count & 1) * 2;
    this.#words[word] = segment;
    this.#words[word + 1] = position;
  }
}
