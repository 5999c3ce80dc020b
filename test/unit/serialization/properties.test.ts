/** Laws that hold for every value, tried on many. */
import assert from 'node:assert';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../ts/serialization/codec.js';
import { roundTrip } from './round-trip.js';

const anything = fc.anything({
  withBigInt: true,
  // Invalid ones are unequal to themselves for assert.
  withDate: false,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  withBoxedValues: true,
  withUnicodeString: true,
  key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '7')),
});

// Strings of any 16-bit units, lone surrogates included.
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
  .map((units) => String.fromCharCode(...units));

type Graph = Record<string, unknown>[];

/** Nodes with edges among them at random, cycles and shared nodes included. */
const graph: fc.Arbitrary<Graph> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('object', 'array', 'map', 'set'),
      edges: fc.array(fc.nat(), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((nodes) => {
    const made = nodes.map((node, i) => ({ id: i, kind: node.kind }) as Graph[0]);
    nodes.forEach(({ kind, edges }, i) => {
      const ends = edges.map((edge) => made[edge % made.length]!);
      made[i]!['ends'] = container(kind, ends);
    });
    return made;
  });

function container(kind: string, ends: Graph): unknown {
  if (kind === 'map') return new Map(ends.map((end) => [end, end]));
  if (kind === 'set') return new Set(ends);
  return kind === 'array' ? ends : Object.fromEntries(ends.entries());
}

function endsOf(node: Record<string, unknown>): unknown[] {
  const ends = node['ends'] as object;
  if (ends instanceof Map) return [...ends.entries()].flat();
  return ends instanceof Set ? [...ends] : Object.values(ends);
}

describe('every value', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(anything, (value) => {
        assert.deepStrictEqual(roundTrip(value), value);
      }),
      { numRuns: 1000 },
    );
  });

  it('comes back as it was inside lists of its kind', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (values) => {
        assert.deepStrictEqual(roundTrip([values, values]), [values, values]);
      }),
      { numRuns: 300 },
    );
  });

  it('has the same bytes each time', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const bytes = Buffer.from(encode(value));
        expect(encode(decode(bytes)).equals(encode(value))).toBe(true);
        expect(bytes.equals(encode(value))).toBe(true);
      }),
    );
  });
});

describe('every string', () => {
  it('comes back unit by unit, alone and as a key', () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        expect(roundTrip(text) === text).toBe(true);
        expect(Object.keys(roundTrip({ [text]: 1 }))).toEqual([text]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('every number', () => {
  it('comes back, alone and packed', () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constant(-0));
    fc.assert(
      fc.property(fc.array(number, { maxLength: 40 }), (numbers) => {
        const copy = roundTrip(numbers);
        expect(copy.every((item, i) => Object.is(item, numbers[i]))).toBe(true);
        expect(copy).toHaveLength(numbers.length);
      }),
      { numRuns: 500 },
    );
  });

  it('that is a BigInt comes back', () => {
    const bigint = fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n });
    fc.assert(
      fc.property(bigint, (value) => {
        expect(roundTrip(value)).toBe(value);
      }),
    );
  });
});

describe('every graph', () => {
  it('comes back with the same edges', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const copies = roundTrip(nodes);
        const number = new Map(nodes.map((node, i) => [node as unknown, i]));
        const copied = new Map(copies.map((node, i) => [node as unknown, i]));
        expect(copied.size).toBe(nodes.length);
        copies.forEach((copy, i) => {
          expect(endsOf(copy).map((end) => copied.get(end))).toEqual(
            endsOf(nodes[i]!).map((end) => number.get(end)),
          );
        });
      }),
      { numRuns: 300 },
    );
  });
});
