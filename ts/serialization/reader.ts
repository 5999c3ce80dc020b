/** Bytes from somebody else: each read is checked against what is left. */
import { PicklingError } from '../errors.js';

// Eight bytes seen as a double, which spares a DataView per message.
const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);
const bigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

const NOTHING = Buffer.alloc(0);

/** Unpickling stops: the bytes are not what an encoder writes. */
export function malformed(reason: string): PicklingError {
  return new PicklingError(`cannot unpickle: ${reason}`);
}

export class Reader {
  bytes: Buffer = NOTHING;
  position = 0;
  end = 0;

  open(bytes: Uint8Array, length = bytes.byteLength): void {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = 0;
    this.end = length;
  }

  byte(): number {
    if (this.position >= this.end) throw malformed('the bytes end too early');
    return this.bytes[this.position++]!;
  }

  /** The next byte, without taking it. */
  peek(): number {
    if (this.position >= this.end) throw malformed('the bytes end too early');
    return this.bytes[this.position]!;
  }

  unsigned(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80 && scale < Number.MAX_SAFE_INTEGER);
    if (byte >= 0x80 || value > Number.MAX_SAFE_INTEGER) {
      throw malformed('a length is too large');
    }
    return value;
  }

  /** A count of things of at least `size` bytes each: never more than the bytes left can hold. */
  count(size: number): number {
    const count = this.unsigned();
    if (count * size > this.end - this.position) {
      throw malformed('a length is larger than what follows');
    }
    return count;
  }

  uint32(): number {
    const start = this.skip(4);
    const { bytes } = this;
    return (
      (bytes[start]! |
        (bytes[start + 1]! << 8) |
        (bytes[start + 2]! << 16) |
        (bytes[start + 3]! << 24)) >>>
      0
    );
  }

  float64(): number {
    const start = this.skip(8);
    for (let i = 0; i < 8; i++) {
      floatBytes[bigEndian ? 7 - i : i] = this.bytes[start + i]!;
    }
    return float[0]!;
  }

  /** Passes over `size` bytes, and tells where they start. */
  skip(size: number): number {
    const start = this.position;
    if (size > this.end - start) throw malformed('the bytes end too early');
    this.position = start + size;
    return start;
  }

  /** Lets go of the bytes. */
  close(): void {
    this.bytes = NOTHING;
    this.position = 0;
    this.end = 0;
  }
}
