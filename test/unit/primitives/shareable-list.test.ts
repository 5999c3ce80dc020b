import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ShareableInput,
  ShareableList,
  type ShareableListOptions,
} from '../../../ts/primitives/shareable-list.js';
import { SharedMemory } from '../../../ts/primitives/shared-memory.js';
import { decode, encode } from '../../../ts/serialization/codec.js';
import { thrownBy } from '../../helpers/pipes.js';

const unlinkers: (() => void)[] = [];

function list(items?: Iterable<ShareableInput>, options?: ShareableListOptions): ShareableList {
  const made = new ShareableList(items, options);
  unlinkers.push(() => {
    made.close();
    made.shm.unlink();
  });
  return made;
}

/** A segment with these bytes. */
function segment(bytes: Uint8Array): SharedMemory {
  const shm = new SharedMemory({ create: true, size: bytes.length });
  unlinkers.push(() => {
    shm.close();
    shm.unlink();
  });
  shm.buf.set(bytes);
  return shm;
}

afterEach(() => {
  for (const unlink of unlinkers.splice(0)) unlink();
});

const { float } = ShareableList;
const samples: [string, ShareableInput, unknown, string][] = [
  ['zero', 0, 0, 'q'],
  ['a negative integer', -5, -5, 'q'],
  ['the greatest safe integer', 2 ** 53 - 1, 2 ** 53 - 1, 'q'],
  ['a bigint that is a safe integer', 5n, 5, 'q'],
  ['the greatest bigint', 2n ** 63n - 1n, 2n ** 63n - 1n, 'q'],
  ['the smallest bigint', -(2n ** 63n), -(2n ** 63n), 'q'],
  ['a fraction', 0.1, 0.1, 'd'],
  ['a large number', 1e300, 1e300, 'd'],
  ['an unsafe integer', 2 ** 53, 2 ** 53, 'd'],
  ['negative zero', -0, -0, 'd'],
  ['NaN', Number.NaN, Number.NaN, 'd'],
  ['infinity', -Infinity, -Infinity, 'd'],
  ['a whole float', float(3), 3, 'd'],
  ['true', true, true, 'xxxxxxx?'],
  ['false', false, false, 'xxxxxxx?'],
  ['null', null, null, 'xxxxxx?x'],
  ['no text', '', '', '8s'],
  ['text', 'howdy', 'howdy', '8s'],
  ['text of 8 bytes', '12345678', '12345678', '16s'],
  ['text with a NUL inside', 'a\0b', 'a\0b', '8s'],
  ['text of several bytes each', 'ß€😀', 'ß€😀', '16s'],
  ['no bytes', new Uint8Array(), Buffer.alloc(0), '8s'],
  ['bytes', new Uint8Array([0, 255, 1]), Buffer.from([0, 255, 1]), '8s'],
];

describe('ShareableList', () => {
  it.each(samples)('holds %s', (_, item, read, format) => {
    const one = list([item]);
    expect(one.get(0)).toStrictEqual(read);
    expect(one.format).toBe(format);
  });

  it('has them all at once, for everyone that attaches', () => {
    const one = list(samples.map(([, item]) => item));
    const other = new ShareableList(undefined, { name: one.shm.name });
    expect([...other]).toStrictEqual(samples.map(([, , read]) => read));
    expect(other.format).toBe(samples.map(([, , , format]) => format).join(''));
    expect(other.length).toBe(samples.length);
    other.set(0, 'new');
    expect(one.get(0)).toBe('new');
    other.close();
  });

  it('has the layout of CPython', () => {
    const one = list(['abc', 5]);
    const expected = Buffer.concat([
      ...[2, 0, 8, 16].map((word) => Buffer.from(new BigInt64Array([BigInt(word)]).buffer)),
      Buffer.from('abc\0\0\0\0\0'),
      Buffer.from(new BigInt64Array([5n]).buffer),
      Buffer.from('8s\0\0\0\0\0\0q\0\0\0\0\0\0\0'),
      Buffer.from([1, 0]),
    ]);
    expect(Buffer.from(one.shm.buf)).toEqual(expected);
  });

  it('is read as CPython 3.8 wrote it', () => {
    const shm = segment(
      Buffer.concat([
        ...[2, 16, 8].map((word) => Buffer.from(new BigInt64Array([BigInt(word)]).buffer)),
        Buffer.from('abcdefgh\0\0\0\0\0\0\0\0'),
        Buffer.from(new Float64Array([0.5]).buffer),
        Buffer.from('16s\0\0\0\0\0d\0\0\0\0\0\0\0'),
        Buffer.from([1, 0]),
      ]),
    );
    const one = new ShareableList(undefined, { name: shm.name });
    expect([...one]).toEqual(['abcdefgh', 0.5]);
    one.set(1, 'x');
    expect([...one]).toEqual(['abcdefgh', 'x']);
    one.close();
  });

  it('takes items of other types and sizes, as far as there is room', () => {
    const one = list(['twelve bytes', 1]);
    for (const item of ['', 'sixteen bytes...', 7, null, true, 0.5, Buffer.from('bytes')]) {
      one.set(0, item);
      expect(one.get(0)).toEqual(item);
      one.set(1, 'eight at');
      expect(one.get(1)).toBe('eight at');
    }
    one.set(-1, 'last');
    expect([one.get(1), one.get(-1), one.format]).toEqual(['last', 'last', '16s8s']);
  });

  it('leaves nothing of a longer string behind a shorter one', () => {
    const one = list(['abcdefghij']);
    one.set(0, 'xy');
    one.set(0, 5);
    one.set(0, Buffer.from('z'));
    expect(one.get(0)).toEqual(Buffer.from('z'));
  });

  it('keeps a float a float; a bigint makes it an integer', () => {
    const one = list([0.5]);
    one.set(0, 2);
    expect(one.format).toBe('d');
    one.set(0, 2n);
    expect(one.format).toBe('q');
    one.set(0, float(2));
    expect([one.format, one.get(0)]).toEqual(['d', 2]);
  });

  it.each<[unknown, string, string]>([
    ['a\0', 'RangeError', 'without a NUL at its end, which would be lost, received "a'],
    [new Uint8Array([1, 0]), 'RangeError', 'without a NUL at its end'],
    ['\0', 'RangeError', 'without a NUL'],
    ['a\ud800', 'RangeError', 'a string without lone surrogates'],
    [2n ** 63n, 'RangeError', 'an integer of at most 64 bits, received 9223372036854775808'],
    [undefined, 'TypeError', 'or null, received undefined'],
    [{}, 'TypeError', 'received an instance of Object'],
    [Symbol.iterator, 'TypeError', 'received'],
  ])('refuses %o before it writes anything', (item, name, message) => {
    const one = list(['0123456789']);
    const error = thrownBy(() => one.set(0, item as ShareableInput)) as Error;
    expect(error.name).toBe(name);
    expect(error.message).toContain(message);
    expect([...one]).toEqual(['0123456789']);
    const atOnce = thrownBy(() => new ShareableList([1, item as ShareableInput])) as Error;
    expect(atOnce.message).toContain('Expected `items[1]` to be');
  });

  it('refuses what is too long for its place, or for any', () => {
    const one = list(['ab', 5]);
    for (const i of [0, 1]) {
      expect(thrownBy(() => one.set(i, 'ß'.repeat(5)))).toMatchObject({
        code: 'ERR_OUT_OF_RANGE',
        message: expect.stringContaining('of at most 8 bytes, as there is room for, not 10'),
      });
    }
    expect([...one]).toEqual(['ab', 5]);
    expect(thrownBy(() => new ShareableList(['x'.repeat(10_000_000)]))).toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
      message: expect.stringContaining('Expected `items[0]` to be less than 10,000,000 bytes long'),
    });
  });

  it('refuses positions that there are not', () => {
    const one = list([1, 2]);
    for (const position of [2, -3, 0.5, Number.NaN]) {
      expect(thrownBy(() => one.get(position))).toMatchObject({
        code: 'ERR_OUT_OF_RANGE',
        message: expect.stringContaining('from -2 to 1'),
      });
      expect(thrownBy(() => one.set(position, 1))).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    }
    expect(thrownBy(() => one.get('0' as unknown as number))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
    });
    expect(thrownBy(() => list().get(0))).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  });

  it('counts and finds items by value, each as what it is', () => {
    const one = list([1, 'a', 1n, true, null, Buffer.from('a'), 2n ** 60n, 0.5, '1', Number.NaN]);
    expect(one.count(1)).toBe(2);
    expect(one.count(1n)).toBe(2);
    expect(one.index(true)).toBe(3);
    expect(one.index(null)).toBe(4);
    expect(one.index(new Uint8Array([97]))).toBe(5);
    expect(one.index(2n ** 60n)).toBe(6);
    expect(one.index('1')).toBe(8);
    expect(one.index('b')).toBe(-1);
    expect([one.count(Number.NaN), one.count(Buffer.from('1'))]).toEqual([0, 0]);
  });

  it('may be empty', () => {
    const one = list();
    expect([one.length, [...one], one.format, one.index(1)]).toEqual([0, [], '', -1]);
    const other = new ShareableList(undefined, { name: one.shm.name });
    expect(other.length).toBe(0);
    other.close();
  });

  it('takes any iterable, and only those', () => {
    expect([...list(new Set([3, 4]))]).toEqual([3, 4]);
    expect([...list('ab')]).toEqual(['a', 'b']);
    for (const items of [5, null, {}]) {
      expect(thrownBy(() => new ShareableList(items as never))).toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
        message: expect.stringContaining('Expected `items` to be an iterable'),
      });
    }
  });

  it('has the name it is given', () => {
    const name = `mp_list_${process.pid}`;
    const one = list([1], { name });
    expect(one.shm.name).toBe(name);
    expect(inspect(one)).toBe(`ShareableList(1 items, name='${name}')`);
    expect(thrownBy(() => new ShareableList([1], { name }))).toMatchObject({ code: 'EEXIST' });
  });

  it('travels as its name', () => {
    const one = list(['a']);
    const copy = decode(encode(one)) as ShareableList;
    copy.set(0, 'b');
    expect(one.get(0)).toBe('b');
    copy.close();
    expect(one.get(0)).toBe('b');
    one.close();
    expect(thrownBy(() => encode(one))).toMatchObject({ cause: { code: 'ERR_MP_CLOSED' } });
  });

  it('closed, is of no use', () => {
    const one = list([1]);
    one[Symbol.dispose]();
    const uses = [() => one.get(0), () => one.set(0, 1), () => [...one], () => one.format];
    for (const use of uses) expect(thrownBy(use)).toMatchObject({ code: 'ERR_MP_CLOSED' });
  });

  it.each<[string, number[]]>([
    ['a count that is too large', [100, 0, 8, 0, 0, 0]],
    ['a negative count', [-1, 0, 8, 0, 0, 0]],
    ['offsets that go back', [2, 0, 16, 8, 0, 0, 0, 0]],
    ['offsets that are not aligned', [1, 0, 9, 0, 0, 0]],
    ['offsets beyond the end', [1, 0, 800, 0, 0, 0]],
    ['a count that is no number of this kind', [2 ** 60, 0, 8, 0, 0, 0]],
  ])('refuses bytes that are no list: %s', (_, words) => {
    const shm = segment(new Uint8Array(new BigInt64Array(words.map(BigInt)).buffer));
    expect(thrownBy(() => new ShareableList(undefined, { name: shm.name }))).toMatchObject({
      code: 'ERR_MP_PICKLING',
      message: `Expected a ShareableList in the shared memory '${shm.name}', found other bytes`,
    });
  });

  it('refuses an item that is none', () => {
    const one = list(['text']);
    one.shm.buf.write('zz', one.shm.size - 9);
    expect(thrownBy(() => one.get(0))).toMatchObject({
      code: 'ERR_MP_PICKLING',
      message: 'Expected an item of a ShareableList, found the unknown format "zz" (string)',
    });
    one.set(0, 'text');
    one.shm.buf.fill(0xff, 24, 26);
    expect(thrownBy(() => one.get(0))).toMatchObject({
      message: 'Expected an item of a ShareableList, found text that is not UTF-8',
    });
  });
});
