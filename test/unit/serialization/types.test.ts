import { types } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../ts/serialization/codec.js';
import { roundTrip } from './round-trip.js';
import { sampleValues } from './sample-values.js';

describe('a round trip', () => {
  for (const [name, value] of Object.entries(sampleValues())) {
    if (name === 'other realm' || name === 'sparse') continue;
    it(`keeps ${name}`, () => expect(roundTrip(value)).toStrictEqual(value));
  }

  it('keeps -0 apart from 0, alone, in lists and in packed lists', () => {
    const values = [-0, [-0], [0, 1, 2, 3, 4, 5, 6, 7, -0]];
    const [alone, list, packed] = roundTrip(values) as [number, number[], number[]];
    expect(Object.is(alone, -0)).toBe(true);
    expect(Object.is(list[0], -0)).toBe(true);
    expect(Object.is(packed[8], -0)).toBe(true);
    expect(Object.is(packed[0], 0)).toBe(true);
  });

  it('keeps holes apart from undefined', () => {
    const value: unknown[] = [];
    value[0] = undefined;
    value[2] = undefined;
    value.length = 4;
    const copy = roundTrip(value);
    expect(Object.keys(copy)).toEqual(['0', '2']);
    expect(copy).toHaveLength(4);
  });

  it('keeps a sparse array of four thousand million items', () => {
    const value = sampleValues()['sparse'] as unknown[];
    const bytes = encode(value);
    expect(bytes.length).toBeLessThan(100);
    const copy = decode(bytes) as unknown[];
    expect(copy.length).toBe(value.length);
    expect(Object.entries(copy)).toEqual(Object.entries(value));
  });

  it('keeps lone surrogates of any string unit by unit', () => {
    for (const text of sampleValues()['lone surrogates'] as string[]) {
      expect(roundTrip(text) === text).toBe(true);
    }
  });

  it('keeps strings of every length around the limits of the format', () => {
    const lengths = [31, 32, 63, 64, 65, 127, 128, 129, 16_383, 16_384];
    for (const length of lengths) {
      for (const tail of ['', 'é', 'éé', '語', '😀', '\udc00']) {
        const text = 'x'.repeat(length - 1) + tail;
        expect(roundTrip([text, 1])).toEqual([text, 1]);
      }
    }
  });

  it('makes __proto__ an own key and sets no prototype', () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}, "x": 2}');
    // Often enough to see the compiled way, too.
    for (let i = 0; i < 100; i++) {
      const copy = roundTrip(value);
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      expect(Object.keys(copy)).toEqual(['__proto__', 'x']);
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('makes one new symbol of one that is not registered', () => {
    const local = Symbol('local');
    const nameless = Symbol();
    const value = { [local]: local, list: [local, nameless, nameless] };
    const copy = roundTrip(value);
    const [key] = Object.getOwnPropertySymbols(copy) as [symbol];
    expect(key).not.toBe(local);
    expect(key.description).toBe('local');
    expect(copy[key as typeof local]).toBe(key);
    expect(copy.list[0]).toBe(key);
    expect(copy.list[1]).toBe(copy.list[2]);
    expect(copy.list[1]!.description).toBeUndefined();
  });

  it('keeps lastIndex of a RegExp', () => {
    const regexp = /a/g;
    regexp.lastIndex = 7;
    expect(roundTrip(regexp).lastIndex).toBe(7);
  });

  it('keeps own properties of Maps, Sets, Dates and the like', () => {
    const value = [new Map(), new Set(), new Date(0), /x/, Object('ab')];
    const labelled = value.map((object) => Object.assign(object, { label: 1 }));
    for (const copy of roundTrip(labelled)) {
      expect((copy as { label?: number }).label).toBe(1);
    }
  });

  it('keeps stack, cause, code and class of an error, and hides what was hidden', () => {
    const error = Object.assign(new RangeError('m', { cause: { a: 1 } }), {
      code: 'E',
    });
    const copy = roundTrip(error);
    expect(types.isNativeError(copy)).toBe(true);
    expect(copy.stack).toBe(error.stack);
    expect(copy.cause).toEqual({ a: 1 });
    expect(Object.keys(copy)).toEqual(['code']);
    expect(Object.getPrototypeOf(copy)).toBe(RangeError.prototype);
  });

  it('carries errors of Node whose prototype is that of no class', async () => {
    const error: Error & { code?: string } = await import('./nothing.js' as string).catch((e) => e);
    const copy = roundTrip(error);
    expect([copy.code, copy.message]).toEqual([error.code, error.message]);
    const own = Object.create(RangeError.prototype);
    const strange = Object.setPrototypeOf(new RangeError('m'), own);
    expect(Object.getPrototypeOf(roundTrip(strange))).toBe(RangeError.prototype);
  });

  it('leaves the stack of errors as deep as it was', () => {
    const before = Error.stackTraceLimit;
    roundTrip(new Error('x'));
    expect(Error.stackTraceLimit).toBe(before);
  });

  it('carries the error of an aborted signal', () => {
    const controller = new AbortController();
    controller.abort();
    const copy = roundTrip(controller.signal.reason as DOMException);
    expect(copy).toBeInstanceOf(DOMException);
    expect([copy.name, copy.code]).toEqual(['AbortError', 20]);
  });

  it('makes objects of another realm objects of this one', () => {
    const copy = roundTrip(sampleValues()['other realm']) as Record<string, object>;
    expect(copy).toEqual({
      o: { a: [1, 2] },
      m: new Map([[1, 2]]),
      d: new Date(1),
      r: /x/g,
      u: new Uint8Array(2),
    });
    expect(copy['o']).toBeInstanceOf(Object);
    expect(copy['m']).toBeInstanceOf(Map);
  });

  it('carries the value that a getter returns', () => {
    let calls = 0;
    const value = {
      get x() {
        return ++calls;
      },
    };
    expect(roundTrip(value)).toStrictEqual({ x: 1 });
    expect(calls).toBe(1);
  });

  it('carries only enumerable properties', () => {
    const value = Object.defineProperty({ a: 1 }, 'b', { value: 2 });
    expect(Object.getOwnPropertyNames(roundTrip(value))).toEqual(['a']);
  });

  it('keeps the order of keys', () => {
    const value = { z: 1, a: 2, 5: 3, 1: 4 };
    expect(Object.keys(roundTrip(value))).toEqual(['1', '5', 'z', 'a']);
  });
});

describe('bytes', () => {
  it('stand after the reserved ones', () => {
    const bytes = encode({ a: 1 }, { reserve: 10 });
    expect(decode(bytes.subarray(10))).toEqual({ a: 1 });
  });

  it('of a huge message do not stay with the encoder', () => {
    const text = 'x'.repeat(3_000_000);
    expect((decode(encode(text)) as string) === text).toBe(true);
    expect(encode(1).buffer.byteLength).toBeLessThan(100_000);
  });

  it('may be any Uint8Array at any offset', () => {
    const bytes = encode({ a: [1.5, 'x'] });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decode(shifted.subarray(3))).toEqual({ a: [1.5, 'x'] });
  });

  it('need nothing from an earlier message', () => {
    const values = [
      { id: 1, s: 'a' },
      { id: 2, s: 'b' },
    ];
    const [first, second] = values.map((value) => Buffer.from(encode(value)));
    expect(decode(second!)).toEqual(values[1]);
    expect(decode(first!)).toEqual(values[0]);
    expect(second!.includes('id')).toBe(true);
  });
});
