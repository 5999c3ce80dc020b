import { describe, expect, it } from 'vitest';
import { BadLengthError, frameSize, IncomingFrame } from '../../../ts/transport/frame.js';
import { thrownBy } from '../../helpers/pipes.js';

function header(...bytes: number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

const longHeader = (length: bigint) => {
  const bytes = Buffer.alloc(12, 0xff);
  bytes.writeBigUInt64BE(length, 4);
  return bytes;
};

describe('frames', () => {
  it('a frame is its body and 4 bytes, or 12 from 2 GiB on', () => {
    expect(frameSize(0)).toBe(4);
    expect(frameSize(0x7fffffff)).toBe(0x7fffffff + 4);
    expect(frameSize(0x80000000)).toBe(0x80000000 + 12);
  });

  it('an empty body is complete with its header', () => {
    const frame = new IncomingFrame();
    frame.fill(header(0, 0, 0, 0));
    expect(frame.isComplete).toBe(true);
    expect(frame.body).toHaveLength(0);
  });

  it('a frame that comes byte by byte is put together', () => {
    const frame = new IncomingFrame();
    for (const byte of [0, 0, 0, 3, 7, 8, 9]) {
      expect(frame.isComplete).toBe(false);
      frame.fill(header(byte));
    }
    expect(frame.isComplete).toBe(true);
    expect([...frame.body]).toEqual([7, 8, 9]);
  });

  it('a long header is read, also for a short body', () => {
    const frame = new IncomingFrame();
    frame.fill(longHeader(2n));
    expect(frame.length).toBe(2);
    frame.fill(header(5, 6));
    expect([...frame.body]).toEqual([5, 6]);
  });

  it('a body of more than 2 GiB is announced by a long header', () => {
    const frame = new IncomingFrame();
    frame.fill(longHeader(0x8000_0001n));
    expect(frame.length).toBe(0x8000_0001);
    expect(frame.isComplete).toBe(false);
  });

  it('memory is reserved as the body comes, not on the word of its header', () => {
    const frame = new IncomingFrame();
    frame.fill(header(0x7f, 0xff, 0xff, 0xff));
    expect(frame.length).toBe(0x7fffffff);
    expect(frame.target.length).toBeLessThanOrEqual(16 * 1024 * 1024);
  });

  it('a body that is too long for who wants it is refused before there is memory for it', () => {
    const frame = new IncomingFrame();
    frame.maxLength = 256;
    const error = thrownBy(() => frame.fill(header(0x7f, 0xff, 0xff, 0xff)));
    expect(error.message).toBe('bad message length: 2147483647 bytes');
    expect(frame.target.length).toBeLessThan(16);
  });

  it('a body that outgrows its memory is kept whole', () => {
    const frame = new IncomingFrame();
    const length = 40 * 1024 * 1024;
    frame.fill(header(length >>> 24, length >>> 16, length >>> 8, length));
    let sent = 0;
    while (!frame.isComplete) {
      const room = frame.end - frame.start;
      frame.target.fill(++sent, frame.start, frame.end);
      frame.advance(room);
    }
    expect(frame.body).toHaveLength(length);
    expect(frame.body[0]).toBe(1);
    expect(frame.body[length - 1]).toBe(sent);
    expect(sent).toBeGreaterThan(1);
  });

  it.each([
    ['a negative length other than -1', header(0xff, 0xff, 0xff, 0xfe)],
    ['more than a Buffer can hold', longHeader(1n << 60n)],
  ])('%s is refused', (_, bytes) => {
    expect(() => new IncomingFrame().fill(bytes)).toThrow(BadLengthError);
  });

  it('borrowed memory is given back, with nothing lost', () => {
    const memory = new Uint8Array(8);
    const frame = new IncomingFrame();
    frame.fill(header(0, 0, 0, 4));
    frame.useMemory(memory);
    frame.fill(header(1, 2));
    frame.giveBack();
    memory.fill(0xee);
    frame.fill(header(3, 4));
    expect([...frame.body]).toEqual([1, 2, 3, 4]);
    expect([...memory]).toEqual(Array(8).fill(0xee));
  });
});
