import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../ts/serialization/pickle.js';
import { RawArray, Array as SharedArray } from '../../../ts/sharedctypes/array.js';
import { copy, synchronized } from '../../../ts/sharedctypes/copies.js';
import { Structure } from '../../../ts/sharedctypes/structure.js';
import { RawValue, Value } from '../../../ts/sharedctypes/value.js';
import { Lock } from '../../../ts/synchronize/lock.js';
import { thrownBy } from '../../helpers/pipes.js';

const Point = Structure({ x: 'd', y: 'd' });
const Line = Structure({ from: Point, to: Point, name: ['c', 8], dashes: ['h', 3], id: 'q' });

/** The values of the fields. */
const plain = (value: object) => (value as { toJSON(): object }).toJSON();
const sent = <T>(value: T): T => decode(encode(value)) as T;

describe('Structure', () => {
  it('shows its fields, all zeros or what they are given', () => {
    expect(plain(RawValue(Point))).toEqual({ x: 0, y: 0 });
    expect(plain(RawValue(Point, { y: 2 }))).toEqual({ x: 0, y: 2 });
    expect(plain(Value(Point, [1, 2]))).toEqual({ x: 1, y: 2 });
    expect(plain(new Point(new Point([3, 4])))).toEqual({ x: 3, y: 4 });
    expect(inspect(new Point([0.5, -1]))).toBe('Structure { x: 0.5, y: -1 }');
    expect(JSON.stringify(new Point([0.5, -1]))).toBe('{"x":0.5,"y":-1}');
  });

  it('has fields of all types', () => {
    const All = Structure({
      b: 'b',
      B: 'B',
      h: 'h',
      H: 'H',
      i: 'i',
      I: 'I',
      l: 'l',
      L: 'L',
      q: 'q',
      Q: 'Q',
      f: 'f',
      d: 'd',
      c: 'c',
      u: 'u',
    });
    const all = RawValue(All);
    all.b = 200;
    all.Q = -1n;
    all.f = 0.1;
    all.c = Buffer.from('x');
    all.u = '😀';
    expect(plain(all)).toEqual({
      b: -56,
      B: 0,
      h: 0,
      H: 0,
      i: 0,
      I: 0,
      l: 0n,
      L: 0n,
      q: 0n,
      Q: 2n ** 64n - 1n,
      f: Math.fround(0.1),
      d: 0,
      c: Buffer.from('x'),
      u: '😀',
    });
  });

  it('has structures and arrays in it, which are changed in place', () => {
    const line = RawValue(Line, { from: { x: 1 }, to: [2, 3], name: 'ab', dashes: [1, 2], id: 7n });
    line.from.y = 9;
    line.dashes[2] = 5;
    line.name.value = Buffer.from('abc');
    expect(
      JSON.parse(JSON.stringify({ ...plain(line), id: 0, name: String(line.name.value) })),
    ).toEqual({
      from: { x: 1, y: 9 },
      to: { x: 2, y: 3 },
      name: 'abc',
      dashes: { 0: 1, 1: 2, 2: 5 },
      id: 0,
    });
    line.to = line.from;
    line.from.x = 0;
    expect(plain(line.to)).toEqual({ x: 1, y: 9 });
    line.dashes = [8] as never;
    expect([...line.dashes]).toEqual([8, 0, 0]);
  });

  it('can be extended', () => {
    class Vector extends Structure({ x: 'd', y: 'd' }) {
      readonly made = true;

      length() {
        return Math.hypot(this.x, this.y);
      }
    }
    const shared = Value(Vector, [3, 4]);
    expect([shared.length(), shared instanceof Vector]).toEqual([5, true]);
    expect(shared.getLock().acquireSync()).toBe(true);
    // What its constructor does is for new ones that it makes itself.
    expect([shared.made, new Vector().made]).toEqual([undefined, true]);
    expect(new Vector([6, 8]).length()).toBe(10);
    expect(SharedArray(Vector, [[0, 1]])[0]!.length()).toBe(1);
  });

  it('is the same memory when it has travelled, of the same class, with the same lock', () => {
    const point = Value(Point, [1, 2]);
    const same = sent(point);
    same.x = 5;
    expect(point.x).toBe(5);
    expect([
      same instanceof Point,
      Object.getPrototypeOf(same) === Object.getPrototypeOf(point),
    ]).toEqual([true, true]);
    same.acquireSync();
    expect((point.getLock() as unknown as { locked(): boolean }).locked()).toBe(true);
    same.release();
    expect(sent(Point)).toBe(Point);
  });

  it('shares parts of it, too', () => {
    const line = RawValue(Line);
    const [to, dashes] = sent([line.to, line.dashes] as const);
    to.x = 1;
    dashes[1] = 2;
    expect([line.to.x, line.dashes[1]]).toEqual([1, 2]);
  });

  it('travels as a copy when it is not shared', () => {
    const line = new Line({ to: [1, 2] });
    const [again, to] = sent([line, line.to] as const);
    again.to.x = 7;
    expect([line.to.x, again.id, plain(to)]).toEqual([1, 0n, { x: 1, y: 2 }]);
    expect(again).toBeInstanceOf(Line);
  });

  it('refuses fields that it cannot have', () => {
    const message = (fields: unknown) => thrownBy(() => Structure(fields as never)).message;
    expect(message({ p: 'P' })).toBe(
      'Expected `fields.p` to be no pointer, which means nothing in another process, received "P" (string)',
    );
    expect(message({ p: ['d'] })).toMatch(
      /^Expected `fields\.p` to be one of c, u, .* received an instance of Array$/,
    );
    expect(message({ p: ['d', -1] })).toMatch(/^Expected `fields\.p\[1\]` to be an integer from 0/);
    expect(message({ p: ['x', 1] })).toMatch(/^Expected `fields\.p\[0\]` to be one of/);
    expect(message({ 0: 'd' })).toMatch(/without a field called 0/);
    expect(message({ acquire: 'd' })).toMatch(/without a field called acquire/);
    expect(message(null)).toBe('Expected `fields` to be an object of types by name, received null');
    expect(message({ p: class {} })).toMatch(/received function p$/);
  });

  it('refuses values that do not fit', () => {
    const message = (values: unknown) => thrownBy(() => RawValue(Line, values as never)).message;
    expect(message(5)).toMatch(
      /^Expected `value` to be an object or an array of values for the fields from, to, /,
    );
    expect(message({ from: { z: 1 } })).toMatch(
      /^Expected `value\.from` to be values for the fields x, y, received "z"/,
    );
    expect(message({ from: { x: '1' } })).toBe(
      'Expected `value.from.x` to be a number, received "1" (string)',
    );
    expect(message({ id: 1 })).toBe('Expected `value.id` to be a bigint, received 1 (number)');
    expect(message({ name: 'too long for it' })).toMatch(
      /^Expected `value\.name` to be at most 8 long, received 15/,
    );
    expect(message({ dashes: [1, 2, 3, 4] })).toMatch(
      /^Expected `value\.dashes` to be at most 3 long/,
    );
    expect(message([1, 2, 3, 4, 5, 6])).toMatch(/^Expected `value` to be at most 5 long/);
  });
});

describe('Array of structures and of arrays', () => {
  it('has elements that show the memory', () => {
    const points = SharedArray(Point, [[1, 2], { y: 4 }]);
    expect([points.length, points[0]!.x, points.at(-1)!.y, points[2], points.at(-3)]).toEqual([
      2,
      1,
      4,
      undefined,
      undefined,
    ]);
    points[1]!.x = 3;
    points[0] = { x: 8, y: 9 } as never;
    expect([...points].map(plain)).toEqual([
      { x: 8, y: 9 },
      { x: 3, y: 4 },
    ]);
    expect(inspect(points)).toBe('[ Structure { x: 8, y: 9 }, Structure { x: 3, y: 4 } ]');
  });

  it('is the same memory when it has travelled, and each element is', () => {
    const points = SharedArray(Point, 3);
    const [same, second] = sent([points, points[1]] as const);
    same[0]!.x = 1;
    second!.x = 2;
    expect([...points].map(({ x }) => x)).toEqual([1, 2, 0]);
    expect(same.getLock()).toBeDefined();
  });

  it('may be of several dimensions', () => {
    const grid = RawArray(['i', 3], [[1, 2, 3], [4]]);
    const cube = RawArray([['B', 2], 2], 2);
    cube[1]![1]![0] = 7;
    expect([...grid].map((row) => [...row])).toEqual([
      [1, 2, 3],
      [4, 0, 0],
    ]);
    expect([...cube].map((plane) => [...plane].map((row) => [...row]))).toEqual([
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [7, 0],
      ],
    ]);
    expect([...RawValue(['i', 2], [5])]).toEqual([5, 0]);
  });

  it('refuses what it has no place for', () => {
    const points = RawArray(Point, 2);
    expect(thrownBy(() => points.set(2, [1, 2])).message).toBe(
      'Expected `index` to be an integer from 0 to 1, received 2 (number)',
    );
    expect(thrownBy(() => points.set(0.5, [1, 2])).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(
      thrownBy(() => {
        points[0] = 5 as never;
      }).message,
    ).toMatch(/^Expected `\[0\]` to be an object or an array/);
    expect(
      thrownBy(() => {
        (points as never as { a: number }).a = 1;
      }),
    ).toBeInstanceOf(TypeError);
    expect(thrownBy(() => RawArray(Point, 'ab' as never)).code).toBe('ERR_INVALID_ARG_TYPE');
  });
});

describe('characters', () => {
  it('are bytes, or of any script', () => {
    const value = Value('c', 'x');
    value.value = Buffer.from('y');
    expect(value.value).toEqual(Buffer.from('y'));
    expect(RawValue('u', '€').value).toBe('€');
    expect(String(sent(value))).toBe('y');
    expect(thrownBy(() => RawValue('c', 'xy')).message).toMatch(
      /to be one character, received "xy"/,
    );
    expect(thrownBy(() => RawValue('u', 5 as never)).code).toBe('ERR_INVALID_ARG_TYPE');
  });

  it('in arrays are texts that end at a NUL', () => {
    const bytes = SharedArray('c', 10);
    bytes.value = 'hello';
    expect([bytes.value, bytes.raw]).toEqual([
      Buffer.from('hello'),
      Buffer.from('hello\0\0\0\0\0'),
    ]);
    bytes.value = 'no';
    expect(bytes.raw).toEqual(Buffer.from('no\0lo\0\0\0\0\0'));
    bytes.raw = Buffer.from('0123456789');
    expect([String(bytes.value), bytes[9]]).toEqual(['0123456789', 57]);
    expect(
      thrownBy(() => {
        bytes.value = 'longer than ten';
      }).code,
    ).toBe('ERR_OUT_OF_RANGE');
    const wide = RawArray('u', 'grüße 😀');
    expect([wide.length, wide.value, sent(wide).value]).toEqual([7, 'grüße 😀', 'grüße 😀']);
    wide.value = 'no';
    expect([wide.value, wide.subarray(0, 1).constructor]).toEqual(['no', Uint32Array]);
    expect(sent(bytes.subarray(0, 2)).constructor).toBe(Uint8Array);
  });
});

describe('copy and synchronized', () => {
  it('copies to memory of its own', () => {
    const local = new Point([1, 2]);
    const shared = copy(local);
    const other = copy(shared);
    other.x = 5;
    sent(shared).y = 6;
    expect([plain(local), plain(shared), plain(other)]).toEqual([
      { x: 1, y: 2 },
      { x: 1, y: 6 },
      { x: 5, y: 2 },
    ]);
    expect([...copy(RawArray('i', [1, 2]))]).toEqual([1, 2]);
    expect([copy(Value('i', 3)).value, 'getLock' in copy(Value('i', 3))]).toEqual([3, false]);
    expect(thrownBy(() => copy(new Int32Array(1))).message).toMatch(
      /^Expected `object` to be a value, an array or a structure in shared memory/,
    );
  });

  it('gives what has none a lock, over the same memory', () => {
    const raw = RawArray('i', [1]);
    const lock = new Lock();
    const locked = synchronized(raw, lock);
    locked[0] = 2;
    expect([raw[0], locked.getLock() === lock]).toEqual([2, true]);
    const point = synchronized(RawArray(Point, 2)[1]!);
    point.withSync(() => {
      point.x = 1;
    });
    expect(thrownBy(() => synchronized(locked)).code).toBe('ERR_MP_INVALID_STATE');
    expect(thrownBy(() => synchronized(new Point())).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrownBy(() => synchronized(raw, 5 as never)).code).toBe('ERR_INVALID_ARG_TYPE');
  });
});
