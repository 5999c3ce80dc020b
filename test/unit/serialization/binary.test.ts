import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../ts/serialization/codec.js';
import { roundTrip } from './round-trip.js';

describe('views of one buffer', () => {
  it('stay views of one buffer', () => {
    const buffer = new ArrayBuffer(16);
    const [bytes, floats, whole] = roundTrip([
      new Uint8Array(buffer, 0, 8),
      new Float64Array(buffer, 8, 1),
      buffer,
    ] as [Uint8Array, Float64Array, ArrayBuffer]);
    expect(bytes.buffer).toBe(whole);
    expect(floats.buffer).toBe(whole);
    new Uint8Array(whole)[3] = 9;
    expect(bytes[3]).toBe(9);
  });

  it('of all of it stay so, too', () => {
    const bytes = new Uint8Array(100_000).fill(1);
    const copy = roundTrip({ bytes, words: new Uint32Array(bytes.buffer) });
    expect(copy.words.buffer).toBe(copy.bytes.buffer);
    expect(copy.words[0]).toBe(0x01010101);
  });

  it('keep the offset', () => {
    const view = new DataView(new ArrayBuffer(40), 10, 20);
    expect(roundTrip(view).byteOffset).toBe(10);
  });
});

describe('a small view of a large buffer', () => {
  it('travels alone', () => {
    const view = new Uint8Array(new ArrayBuffer(1_000_000), 500, 10).fill(3);
    expect(encode(view).length).toBeLessThan(100);
    expect(roundTrip(view)).toEqual(view);
  });

  it('does not bring the pool of Node along', () => {
    const secret = Buffer.from('secret next to it');
    const pooled = Buffer.from('public');
    expect(pooled.buffer).toBe(secret.buffer);
    const view = new Uint8Array(pooled.buffer, pooled.byteOffset, 6);
    for (const value of [pooled, view]) {
      const bytes = encode(value);
      expect(bytes.length).toBeLessThan(30);
      expect(bytes.includes('secret')).toBe(false);
      expect(decode(bytes)).toEqual(value);
    }
  });
});

describe('what was read', () => {
  it('keeps no view of the input', () => {
    const values = [
      Buffer.from('small'),
      Buffer.alloc(20_000),
      new Uint8Array(10),
      new ArrayBuffer(10),
      new Float64Array(1000),
    ];
    // Not from the pool of Node's, in which small buffers that were read may stand as well.
    const bytes = new Uint8Array(encode(values));
    for (const copy of decode(bytes) as (ArrayBuffer | Uint8Array)[]) {
      const buffer = copy instanceof ArrayBuffer ? copy : copy.buffer;
      expect(buffer).not.toBe(bytes.buffer);
    }
  });

  it('is a Buffer where it was one', () => {
    expect(Buffer.isBuffer(roundTrip(Buffer.from('x')))).toBe(true);
    expect(Buffer.isBuffer(roundTrip(new Uint8Array(1)))).toBe(false);
  });
});

describe('a resizable buffer', () => {
  const Resizable = ArrayBuffer as unknown as new (
    size: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(size: number): void; maxByteLength: number };

  it('stays resizable, and a view that follows its length goes on doing so', () => {
    const buffer = new Resizable(8, { maxByteLength: 64 });
    const copy = roundTrip({ buffer, view: new Uint8Array(buffer) });
    expect(copy.buffer.maxByteLength).toBe(64);
    copy.buffer.resize(16);
    expect(copy.view.length).toBe(16);
  });
});
