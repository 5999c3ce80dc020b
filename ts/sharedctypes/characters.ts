/** Arrays of characters in shared memory. */
import { invalidType } from '../validate.js';
import { requireRoom } from './elements.js';

/**
 * Bytes in shared memory, which may be a text that ends at a NUL.
 * @see Python: `multiprocessing.Array('c', …)`
 */
export class CharacterArray extends Uint8Array<ArrayBuffer> {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  /** A copy of the bytes before the first NUL. Whatever it is set to gets a NUL behind it where there is room. */
  get value(): Buffer {
    const end = this.indexOf(0);
    return Buffer.from(end < 0 ? this : this.subarray(0, end));
  }

  set value(value: Uint8Array | string) {
    const bytes = toBytes(value, 'value');
    requireRoom(bytes.length, this.length, 'value');
    this.set(bytes);
    if (bytes.length < this.length) this[bytes.length] = 0;
  }

  /** A copy of all bytes. When it is set, what is behind the new ones stays. */
  get raw(): Buffer {
    return Buffer.from(this);
  }

  set raw(value: Uint8Array | string) {
    const bytes = toBytes(value, 'raw');
    requireRoom(bytes.length, this.length, 'raw');
    this.set(bytes);
  }
}

/**
 * Characters of any script in shared memory, by their code points; a text that ends at a NUL.
 * @see Python: `multiprocessing.Array('u', …)`
 */
export class WideCharacterArray extends Uint32Array<ArrayBuffer> {
  static get [Symbol.species](): Uint32ArrayConstructor {
    return Uint32Array;
  }

  /** The text before the first NUL. Whatever it is set to gets a NUL behind it where there is room. */
  get value(): string {
    const end = this.indexOf(0);
    return Array.from(end < 0 ? this : this.subarray(0, end), (code) =>
      String.fromCodePoint(code),
    ).join('');
  }

  set value(value: string) {
    const codes = toCodePoints(value, 'value');
    requireRoom(codes.length, this.length, 'value');
    this.set(codes);
    if (codes.length < this.length) this[codes.length] = 0;
  }
}

/** @throws TypeError */
export function toBytes(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value);
  throw invalidType(name, 'a Uint8Array, or a string that becomes UTF-8', value);
}

/** @throws TypeError */
export function toCodePoints(value: unknown, name: string): number[] {
  if (typeof value !== 'string') throw invalidType(name, 'a string', value);
  return Array.from(value, (character) => character.codePointAt(0)!);
}
