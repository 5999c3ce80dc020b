import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../ts/pool/packing.js';

/** At a place where no number may be read, as in a ring. */
function moved(bytes: Uint8Array): Uint8Array {
  const memory = new Uint8Array(bytes.length + 1);
  memory.set(bytes, 1);
  return memory.subarray(1);
}

describe('pack', () => {
  it.each([
    [[7], true],
    [[-(2 ** 31)], true],
    [[2 ** 31], false],
    [[-0], false],
    [[Number.NaN], false],
    [[0.5], false],
    [[1, 2, 3], true],
    [[1, -0], false],
    [[1, Number.NEGATIVE_INFINITY], false],
  ])('packs %j, and gives it back', (list, ints) => {
    const packed = pack(list)!;
    expect(packed.ints).toBe(ints);
    const back = unpack(moved(packed.bytes), packed.ints);
    expect(back.every((item, i) => Object.is(item, list[i]))).toBe(true);
    expect(back.length).toBe(list.length);
  });

  it('leaves any other list alone', () => {
    for (const list of [[], ['1'], [1, undefined], [1n], [1, new Date()], new Array(2)]) {
      expect(pack(list)).toBeUndefined();
    }
  });

  it('gives lists that stay as they are', () => {
    const first = unpack(moved(pack([1])!.bytes), true);
    unpack(moved(pack([2])!.bytes), true);
    expect(first).toEqual([1]);
  });
});
