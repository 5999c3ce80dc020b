/**
 * Payloads damaged at random, and random bytes: only a value or a PicklingError may come out.
 * MP_FUZZ_SECONDS makes it run longer, MP_FUZZ_SEED repeats a run.
 */
import { describe, expect, it } from 'vitest';
import { PicklingError } from '../../../ts/errors.js';
import {
  decode,
  encode,
  registerReducer,
  setFunctionCodec,
} from '../../../ts/serialization/codec.js';
import { Registry, Shape, sampleValues } from './sample-values.js';
import { TableCodec } from './table-codec.js';

const seconds = Number(process.env['MP_FUZZ_SECONDS'] ?? 2);
const firstSeed = Number(process.env['MP_FUZZ_SEED'] ?? Date.now() % 2 ** 31);

class Reduced {
  value: unknown = { inside: [1, 2] };
}
registerReducer(Reduced, {
  reduce: (object) => object.value,
  rebuild: (value) => Object.assign(new Reduced(), { value }),
});

/** mulberry32: small, and the same everywhere. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

type Random = ReturnType<typeof randomNumbers>;
type Damage = (bytes: Buffer, random: Random) => Buffer;

const damages: readonly Damage[] = [
  function flipBit(bytes, random) {
    const at = random(bytes.length);
    bytes[at] = bytes[at]! ^ (1 << random(8));
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  function putTag(bytes, random) {
    bytes[random(bytes.length)] = 0xc0 + random(64);
    return bytes;
  },
  function putLength(bytes, random) {
    const at = random(bytes.length);
    bytes.fill(0xff, at, Math.min(bytes.length, at + 1 + random(7)));
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random(bytes.length));
  },
  function insert(bytes, random) {
    const at = random(bytes.length);
    const extra = Buffer.from([random(256), random(256)]);
    return Buffer.concat([bytes.subarray(0, at), extra, bytes.subarray(at)]);
  },
  function repeat(bytes, random) {
    const at = random(bytes.length);
    const piece = bytes.subarray(at, at + random(16));
    return Buffer.concat([bytes, piece, bytes.subarray(at)]);
  },
  function toggleGraph(bytes) {
    bytes[1] = bytes[1]! ^ 1;
    return bytes;
  },
];

function randomPayload(random: Random): Buffer {
  const bytes = Buffer.from([0xb2, random(2), ...Array(random(60)).fill(0)]);
  for (let i = 2; i < bytes.length; i++) {
    // Tags, short lengths and small indices rather than anything.
    bytes[i] = random(3) === 0 ? random(12) : 0x80 + random(0x80);
  }
  return bytes;
}

/** Decodes, and says what is wrong with how that ended. */
function problemOf(bytes: Buffer): string | undefined {
  try {
    decode(bytes);
  } catch (error) {
    if (!(error instanceof PicklingError)) return `threw ${String(error)}`;
  }
  return undefined;
}

const builtins = [Object, Array, Function, Map, Error, Uint8Array];
const surface = () =>
  builtins.map((cls) => [Reflect.ownKeys(cls.prototype).length, Reflect.ownKeys(cls).length]);

/** Keeps damaging payloads until the time is over. */
function fuzz(payloads: readonly Buffer[], untilMs: number): number {
  const before = surface();
  const memory = process.memoryUsage.rss();
  let seed = firstSeed;
  for (; seed - firstSeed <= 100 || performance.now() < untilMs; seed++) {
    const random = randomNumbers(seed);
    let bytes = randomPayload(random);
    if (random(8) !== 0) {
      bytes = Buffer.from(payloads[random(payloads.length)]!);
      for (let i = random(3); i >= 0 && bytes.length > 0; i--) {
        bytes = damages[random(damages.length)]!(bytes, random);
      }
    }
    const problem = problemOf(bytes);
    if (problem !== undefined) {
      expect.fail(`seed ${seed}: ${problem}; ${bytes.toString('hex')}`);
    }
    if (seed % 512 === 0) {
      expect(surface(), `seed ${seed} or one before`).toEqual(before);
      const grown = process.memoryUsage.rss() - memory;
      expect(grown, `seed ${seed} or one before`).toBeLessThan(2 ** 29);
    }
  }
  expect(surface()).toEqual(before);
  return seed - firstSeed;
}

function samplePayloads(): Buffer[] {
  const values: unknown[] = Object.values(sampleValues());
  const shape = new Shape();
  shape.next = shape;
  const registry = new Registry([[shape, Shape]]);
  values.push(shape, registry, [new Reduced(), registerReducer]);
  return values.map((value) => Buffer.from(encode(value))).filter((bytes) => bytes.length < 4000);
}

describe('damaged bytes', () => {
  it('give a value or a PicklingError, whatever the damage', {
    timeout: seconds * 1000 + 60_000,
  }, () => {
    setFunctionCodec(new TableCodec());
    const payloads = samplePayloads();
    const runs = fuzz(payloads, performance.now() + seconds * 1000);
    expect(runs).toBeGreaterThan(100);
  });
});
