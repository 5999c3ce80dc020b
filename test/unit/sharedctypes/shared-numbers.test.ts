import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../ts/serialization/pickle.js';
import { RawArray, Array as SharedArray } from '../../../ts/sharedctypes/array.js';
import type { NumberCode } from '../../../ts/sharedctypes/type-codes.js';
import { RawValue, Value } from '../../../ts/sharedctypes/value.js';
import { Lock } from '../../../ts/synchronize/lock.js';
import { RLock } from '../../../ts/synchronize/rlock.js';
import { thrownBy } from '../../helpers/pipes.js';

const codes: readonly [NumberCode, new (...args: never[]) => object][] = [
  ['b', Int8Array],
  ['B', Uint8Array],
  ['h', Int16Array],
  ['H', Uint16Array],
  ['i', Int32Array],
  ['I', Uint32Array],
  ['l', BigInt64Array],
  ['L', BigUint64Array],
  ['q', BigInt64Array],
  ['Q', BigUint64Array],
  ['f', Float32Array],
  ['d', Float64Array],
  ['int16', Int16Array],
  ['biguint64', BigUint64Array],
];

describe('Array and RawArray', () => {
  it.each(codes)('of %s are typed arrays, of zeros at first', (code, cls) => {
    for (const array of [RawArray(code, 3), SharedArray(code, 3)]) {
      expect(array).toBeInstanceOf(cls);
      expect([...array].map(Number)).toEqual([0, 0, 0]);
      expect(array.subarray(1).constructor).toBe(cls);
      expect(array.slice().constructor).toBe(cls);
    }
  });

  it('take numbers, and wrap integers', () => {
    expect([...RawArray('i', [1, 2 ** 31, -1])]).toEqual([1, -(2 ** 31), -1]);
    expect([...RawArray('Q', new Set([1n, -1n]))]).toEqual([1n, 2n ** 64n - 1n]);
    expect(RawArray('d', []).length).toBe(0);
  });

  it('are the same memory when they have travelled, and copies when parts of them have', () => {
    const array = SharedArray('i', [1, 2, 3]);
    const [same, part] = decode(encode([array, array.subarray(1)])) as Int32Array[];
    same![0] = 7;
    part![0] = 8;
    expect([...array]).toEqual([7, 2, 3]);
    expect(Object.getPrototypeOf(same)).toBe(Object.getPrototypeOf(array));
  });

  it('have a lock, the one that they are given, or none', () => {
    expect(SharedArray('i', 1).getLock()).toBeInstanceOf(RLock);
    const lock = new Lock();
    expect(SharedArray('i', 1, { lock }).getLock()).toBe(lock);
    expect('getLock' in SharedArray('i', 1, { lock: false })).toBe(false);
    expect(Object.keys(SharedArray('b', 1))).toEqual(['0']);
  });

  it('refuse what they do not know', () => {
    expect(thrownBy(() => RawArray('x' as 'i', 1)).message).toMatch(
      /^Expected `type` to be one of c, u, b, B, h, .* received "x" \(string\)$/,
    );
    expect(thrownBy(() => RawArray('i', -1)).code).toBe('ERR_OUT_OF_RANGE');
    expect(thrownBy(() => RawArray('i', null as never)).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrownBy(() => RawArray('i', [1, 1n] as never)).message).toBe(
      'Expected `sizeOrInitializer[1]` to be a number, received 1 (bigint)',
    );
    expect(thrownBy(() => RawArray('q', new Int8Array(1) as never))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => RawArray('P' as 'i', 1)).message).toMatch(/to be no pointer, which/);
    expect(thrownBy(() => SharedArray('i', 1, { lock: 7 as never })).code).toBe(
      'ERR_INVALID_ARG_TYPE',
    );
    expect(thrownBy(() => RawArray('d', 2 ** 50)).code).toMatch(/^(ENOMEM|ENOSPC)$/);
  });
});

describe('Value and RawValue', () => {
  it('hold a number', () => {
    const value = Value('i', 5);
    value.value = 2 ** 31 + 1;
    expect(value.value).toBe(-(2 ** 31) + 1);
    expect(RawValue('d').value).toBe(0);
    expect(RawValue('q').value).toBe(0n);
    expect('getLock' in RawValue('i')).toBe(false);
    expect(String(Value('d', 0.5))).toBe('0.5');
  });

  it('add, and tell the sum as it is stored', () => {
    expect(Value('B', 250).add(10)).toBe(4);
    expect(Value('i', 1).add(-2)).toBe(-1);
    expect(Value('q', 1n).add(2n)).toBe(3n);
    expect(Value('d', 0.5).add(0.25)).toBe(0.75);
    expect(Value('f', 0).add(0.1)).toBe(Math.fround(0.1));
  });

  it('are the same number when they have travelled, with the same lock', () => {
    const value = Value('i', 1);
    const same = decode(encode(value)) as typeof value;
    same.value = 2;
    expect(value.value).toBe(2);
    same.getLock().acquireSync();
    expect((value.getLock() as RLock).locked()).toBe(true);
    same.release();
  });
});
