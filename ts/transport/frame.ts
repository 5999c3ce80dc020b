/**
 * CPython's frame: the length of the body as 4 bytes, big-endian and signed; for a longer body -1
 * and then 8 bytes, unsigned. The addon writes headers and reads frames that are there in whole;
 * this is the way of all others.
 */
import { constants } from 'node:buffer';
import { ProcessError } from '../errors.js';

const SHORT_HEADER = 4;
const LONG_HEADER = 12;
const MAX_SHORT_LENGTH = 0x7fffffff;

// A header may promise anything: so much memory is reserved on its word alone (it is touched only
// as bytes arrive), beyond that it grows with what came.
const FIRST_ALLOCATION = 16 * 1024 * 1024;
const GROWTH = 8;

// Memory of one large body, kept for the next: to touch pages for the first time costs more than to
// copy to them.
const MIN_KEPT = 64 * 1024;
const MAX_KEPT = 4 * 1024 * 1024;
let kept: Uint8Array | undefined;

/** The memory of a body may serve another one: nobody refers to it any more. */
export function reuseMemory(body: Uint8Array): void {
  const size = body.buffer.byteLength;
  if (size > (kept?.length ?? MIN_KEPT) && size <= MAX_KEPT) kept = new Uint8Array(body.buffer);
}

/** Memory for a body that is used up soon; give it to `reuseMemory` then. */
export function transientMemory(size: number): Uint8Array {
  if (kept === undefined || kept.length < size) return Buffer.allocUnsafeSlow(size);
  const memory = kept.subarray(0, size);
  kept = undefined;
  return memory;
}

/** The size of a whole frame. */
export function frameSize(bodyLength: number): number {
  return bodyLength + (bodyLength > MAX_SHORT_LENGTH ? LONG_HEADER : SHORT_HEADER);
}

/** A frame on its way in, of which a part has come. */
export class IncomingFrame {
  /** Of the body; `-1` while the header is not all there. */
  length = -1;
  /** A longer body is an error, before there is memory for it. */
  maxLength = Number.POSITIVE_INFINITY;
  /** Descriptors that came with it; `undefined`: the kernel could not deliver them. */
  handles: number[] | undefined = [];
  readonly #header = Buffer.alloc(LONG_HEADER);
  #headerSize = SHORT_HEADER;
  #filled = 0;
  #body: Uint8Array | undefined;
  // The caller's memory that the body is received into.
  #borrowed: Uint8Array | undefined;
  readonly #isTransient: boolean;

  /** @param isTransient - Nobody will refer to the body once it was used. */
  constructor(isTransient = false) {
    this.#isTransient = isTransient;
  }

  /** Where the next bytes go: `target.subarray(start, end)`; `end === start` when it is complete. */
  target: Uint8Array = this.#header;
  start = 0;
  end = SHORT_HEADER;

  /** `count` bytes were put at the target. */
  advance(count: number): void {
    this.start += count;
    if (this.#body === undefined) {
      if (this.start === this.#headerSize) this.#headerDone();
      return;
    }
    this.#filled += count;
    if (this.start === this.target.length && this.#filled < this.length) this.#grow();
  }

  /** Begins with bytes of the frame, header first, that were read elsewhere. */
  fill(bytes: Uint8Array): void {
    let taken = 0;
    while (taken < bytes.length) {
      const part = bytes.subarray(taken, taken + this.end - this.start);
      this.target.set(part, this.start);
      this.advance(part.length);
      taken += part.length;
    }
  }

  /**
   * Receives the body straight into the caller's memory, if it has not begun and fits. Memory of
   * another caller is given back.
   */
  useMemory(memory: Uint8Array | undefined): void {
    if (this.#borrowed !== memory) this.giveBack();
    if (memory === undefined || this.length < 0) return;
    if (this.#filled > 0 || this.length > memory.length) return;
    this.#body = this.target = memory.subarray(0, this.length);
    this.#borrowed = memory;
  }

  /** Moves what was received to memory of our own: the caller takes its memory back. */
  giveBack(): void {
    if (this.#borrowed === undefined) return;
    const own = Buffer.allocUnsafeSlow(this.length);
    own.set(this.#body!.subarray(0, this.#filled));
    this.#body = this.target = own;
    this.#borrowed = undefined;
  }

  get isComplete(): boolean {
    return this.start === this.end;
  }

  /** The body, once complete. */
  get body(): Uint8Array {
    return this.#body!;
  }

  #headerDone(): void {
    const short = this.#header.readInt32BE(0);
    if (short === -1 && this.#headerSize === SHORT_HEADER) {
      this.end = this.#headerSize = LONG_HEADER;
      return;
    }
    this.length =
      this.#headerSize === LONG_HEADER ? Number(this.#header.readBigUInt64BE(SHORT_HEADER)) : short;
    if (this.length < 0 || this.length > Math.min(constants.MAX_LENGTH, this.maxLength))
      throw new BadLengthError(this.length);
    const size = Math.min(this.length, FIRST_ALLOCATION);
    this.#body = this.target = this.#isTransient
      ? transientMemory(size)
      : Buffer.allocUnsafeSlow(size);
    this.start = 0;
    this.end = this.#body.length;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.length, this.target.length * GROWTH));
    larger.set(this.target);
    this.#body = this.target = larger;
    this.end = larger.length;
  }
}

/**
 * The other end was closed in the middle of a message.
 * @internal
 */
export class CutOffError extends ProcessError {
  constructor() {
    super('got end of file during message');
  }
}

/**
 * The length of a message is not what it may be; the messages after it cannot be found.
 * @internal
 */
export class BadLengthError extends ProcessError {
  constructor(length: number) {
    super(`bad message length: ${length} bytes`);
  }
}
