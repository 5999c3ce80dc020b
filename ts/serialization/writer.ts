/** Bytes that grow. Little-endian; lengths are variable-length integers of up to 53 bits. */
import { constants } from 'node:buffer';

// Holds nearly every message; two pages.
const INITIAL_SIZE = 8192;
// Above this the bytes are given away with the message instead of being kept for the next one.
const KEPT_SIZE = 256 * 1024;

// Up to here a loop in JavaScript beats a call.
const LOOP_LENGTH = 48;

// Memory of a large message, for the next one; until it is collected.
let spare: WeakRef<Buffer<ArrayBuffer>> | undefined;

/** The bytes of a large message are not needed any more. */
export function reuseBytes(bytes: Buffer): void {
  if (bytes.byteLength > KEPT_SIZE) spare = new WeakRef(Buffer.from(bytes.buffer as ArrayBuffer));
}

function allocate(size: number): Buffer<ArrayBuffer> {
  const found = size > KEPT_SIZE ? spare?.deref() : undefined;
  if (found === undefined || found.length < size) return Buffer.allocUnsafeSlow(size);
  spare = undefined;
  return found;
}

export class Writer {
  bytes = Buffer.allocUnsafeSlow(INITIAL_SIZE);
  view = viewOf(this.bytes);
  position = 0;

  /** Makes sure that `size` more bytes fit. */
  ensure(size: number): void {
    if (this.position + size > this.bytes.length) this.#grow(size);
  }

  #grow(size: number): void {
    const twice = Math.min(this.bytes.length * 2, constants.MAX_LENGTH);
    const wanted = Math.max(twice, this.position + size);
    const bytes = allocate(wanted);
    bytes.set(this.bytes.subarray(0, this.position));
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  byte(value: number): void {
    if (this.position === this.bytes.length) this.#grow(1);
    this.bytes[this.position++] = value;
  }

  /** A length, an index: a non-negative safe integer. */
  unsigned(value: number): void {
    this.ensure(8);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.position++] = (rest % 0x80) | 0x80;
      rest = rest > 0x7fff_ffff ? Math.floor(rest / 0x80) : rest >>> 7;
    }
    this.bytes[this.position++] = rest;
  }

  uint32(value: number): void {
    this.ensure(4);
    this.view.setUint32(this.position, value, true);
    this.position += 4;
  }

  float64(value: number): void {
    this.ensure(8);
    this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  raw(source: Uint8Array): void {
    const { length } = source;
    this.ensure(length);
    const { bytes, position } = this;
    if (length > LOOP_LENGTH) bytes.set(source, position);
    else for (let i = 0; i < length; i++) bytes[position + i] = source[i]!;
    this.position = position + length;
  }

  /** What was written, and the writer ready for the next message, which may overwrite it. */
  take(): Buffer {
    const message = this.bytes.subarray(0, this.position);
    if (this.bytes.length > KEPT_SIZE) this.#replace();
    return message;
  }

  /** Forgets what was written. */
  rewind(): void {
    this.position = 0;
    if (this.bytes.length > KEPT_SIZE) this.#replace();
  }

  #replace(): void {
    this.bytes = Buffer.allocUnsafeSlow(INITIAL_SIZE);
    this.view = viewOf(this.bytes);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
