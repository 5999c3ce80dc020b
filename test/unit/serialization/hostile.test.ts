import { describe, expect, it } from 'vitest';
import { PicklingError } from '../../../ts/errors.js';
import { decode, encode } from '../../../ts/serialization/codec.js';
import { FORMAT, Tag } from '../../../ts/serialization/tags.js';
import { sampleValues } from './sample-values.js';

const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];
const payload = (...bytes: number[]) => Buffer.from([FORMAT, 1, ...bytes]);

function expectRefused(bytes: Buffer, reason = /^cannot unpickle: /): void {
  expect(() => decode(bytes)).toThrow(PicklingError);
  expect(() => decode(bytes)).toThrow(reason);
}

/** Bytes by which the process grew while `run` ran. */
function growth(run: () => void): number {
  const before = process.memoryUsage();
  run();
  const after = process.memoryUsage();
  return after.rss - before.rss + after.arrayBuffers - before.arrayBuffers;
}

describe('bytes that are no payload', () => {
  it('are refused by their first byte', () => {
    expectRefused(Buffer.from('{"json": true}'), /not of this version/);
    expectRefused(Buffer.from([FORMAT + 1, 0, 1]), /not of this version/);
    expectRefused(Buffer.from([FORMAT, 0x80, 1]), /unknown flags/);
    expectRefused(Buffer.alloc(0), /end too early/);
  });

  it('are refused when something follows the value', () => {
    expectRefused(payload(1, 1), /left over/);
  });

  it('are refused wherever they are cut', () => {
    for (const value of Object.values(sampleValues())) {
      const bytes = Buffer.from(encode(value));
      const cuts = Math.min(bytes.length, 500);
      for (let size = 0; size < cuts; size++) {
        expectRefused(bytes.subarray(0, size));
      }
    }
  });

  it('are refused for tags that nobody writes', () => {
    const known = new Set<number>(Object.values(Tag));
    for (let tag = 0xc0; tag < 0x100; tag++) {
      if (!known.has(tag)) expectRefused(payload(tag), /unknown tag/);
    }
  });
});

describe('absurd lengths', () => {
  const lengthAfter = {
    strings: [Tag.LATIN1, Tag.UTF16, Tag.BIGINT],
    packed: [Tag.PACKED_INT8, Tag.PACKED_INT16, Tag.PACKED_FLOAT64],
    containers: [Tag.DICTIONARY, Tag.SYMBOL_KEYS, Tag.ARRAY_BUFFER],
  };
  for (const [name, tags] of Object.entries(lengthAfter)) {
    it(`of ${name} are refused`, () => {
      for (const tag of tags) expectRefused(payload(tag, ...HUGE, 1, 2, 3));
    });
  }

  it('of Maps, Sets, views and shapes are refused', () => {
    expectRefused(payload(Tag.MAP, Tag.ENTRIES, ...HUGE, 1, 2));
    expectRefused(payload(Tag.SET, Tag.ENTRIES, ...HUGE, 1, 2));
    expectRefused(payload(Tag.VIEW_WHOLE, 0, ...HUGE, 1, 2));
    expectRefused(payload(Tag.RESIZABLE_BUFFER, ...HUGE, 0));
    expectRefused(payload(Tag.SHAPE_NEW, 0, 0, 0, 0, 6, ...HUGE, 1));
    expectRefused(payload(Tag.ARRAY, Tag.ENTRIES, ...HUGE, 0xff, 1));
  });

  it('beyond what a number can say are refused', () => {
    const endless = new Array<number>(20).fill(0xff);
    expectRefused(payload(Tag.LATIN1, ...endless), /too large/);
  });

  it('of holes take no memory', () => {
    // 30 million holes, which V8 would store one by one.
    const holes = [0x80, 0x87, 0xa7, 0x0e];
    const one = [Tag.ARRAY, Tag.ENTRIES, ...holes, Tag.HOLES, ...holes];
    const many = Array.from({ length: 100 }, () => one).flat();
    const bytes = payload(Tag.ARRAY, Tag.ENTRIES, 100, ...many);
    let arrays: unknown[][] = [];
    const grown = growth(() => {
      arrays = decode(bytes) as unknown[][];
    });
    expect(arrays).toHaveLength(100);
    expect(arrays[0]!.length).toBeGreaterThan(29_000_000);
    expect(grown).toBeLessThan(100_000_000);
  });
});

describe('absurd depth', () => {
  const depth = 1_000_000;
  const nests = {
    arrays: [Tag.ARRAY, Tag.ENTRIES, 1],
    'null-prototype objects': [Tag.NULL_OBJECT, Tag.DICTIONARY, 1, 0x80],
    dictionaries: [Tag.DICTIONARY, 1, 0x80],
    instances: [Tag.INSTANCE],
    subclasses: [Tag.SUBCLASS],
    reduced: [Tag.REDUCED],
    'named reducers': [Tag.REDUCED_BY_NAME, 0x80],
    functions: [Tag.FUNCTION],
    boxes: [Tag.BOXED],
    views: [Tag.VIEW, 0],
    'symbol keys': [Tag.SYMBOL_KEYS, 1],
    properties: [Tag.WITH_PROPERTIES],
    errors: [Tag.ERROR, 0, 8],
    hosts: [Tag.HOST],
  };
  for (const [name, nest] of Object.entries(nests)) {
    it(`of ${name} is refused`, () => {
      const bytes = Buffer.alloc(2 + nest.length * depth);
      bytes.set([FORMAT, 1]);
      bytes.fill(Buffer.from(nest), 2);
      expectRefused(bytes);
    });
  }
});

describe('references', () => {
  it('to nothing are refused', () => {
    expectRefused(payload(Tag.REF, 0), /reference to nothing/);
    expectRefused(payload(Tag.SYMBOL_AGAIN, 0), /unknown symbol/);
    expectRefused(payload(Tag.SHAPE, 9), /unknown list of keys/);
    expectRefused(payload(0xa0), /unknown list of keys/);
    expectRefused(Buffer.from([FORMAT, 0, Tag.REF, 0]), /to nothing/);
  });

  it('to what is being built are refused', () => {
    expectRefused(payload(Tag.HOST, Tag.REF, 0), /not there yet/);
  });
});

describe('values of the wrong type', () => {
  it('are refused', () => {
    expectRefused(payload(Tag.INSTANCE, 1), /expected a class/);
    expectRefused(payload(Tag.SUBCLASS, 0x80), /expected a class/);
    expectRefused(payload(Tag.BOXED, Tag.NULL), /expected a primitive/);
    expectRefused(payload(Tag.DATE, 1), /end too early/);
    expectRefused(payload(Tag.REGEXP, 0x81, 0x28, 0x80), /Unterminated group/);
    expectRefused(payload(Tag.URL, 0x81, 0x2f), /Invalid URL/);
    expectRefused(payload(Tag.SYMBOL_WELL_KNOWN, 0x81, 0x78), /Symbol\.x/);
    expectRefused(payload(Tag.BIGINT, 1, 0x67), /no digits/);
    expectRefused(payload(Tag.VIEW, 1, 1, 0, 0), /expected an ArrayBuffer/);
    expectRefused(payload(Tag.VIEW_WHOLE, 99, 0), /kind of typed array/);
    expectRefused(payload(Tag.ERROR, 99), /class of errors/);
  });

  it('may not be given properties', () => {
    const array = [Tag.ARRAY, Tag.ENTRIES, 2, Tag.OBJECT, Tag.DICTIONARY, 0];
    const properties = [Tag.DICTIONARY, 1, 0x81, 0x61, 1];
    expectRefused(payload(...array, Tag.WITH_PROPERTIES, Tag.REF, 1, ...properties), /takes none/);
  });

  it('named __proto__ pollute nothing', () => {
    const key = [0x80 + 9, ...Buffer.from('__proto__')];
    const value = [Tag.DICTIONARY, 1, 0x81, 0x61, 1];
    const copy = decode(payload(Tag.DICTIONARY, 1, ...key, ...value));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});
