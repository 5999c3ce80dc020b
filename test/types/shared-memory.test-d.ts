import { describe, expectTypeOf, it } from 'vitest';
import { getContext, type ShareableItem, ShareableList, SharedMemory } from '../../ts/index.js';

describe('types', () => {
  it('a segment has a Buffer, and options', () => {
    expectTypeOf<SharedMemory['buf']>().toExtend<Uint8Array>();
    expectTypeOf(getContext('spawn').SharedMemory).toEqualTypeOf<typeof SharedMemory>();
    expectTypeOf(SharedMemory).toBeConstructibleWith({ name: 'x', create: true, size: 5 });
    // @ts-expect-error a size is a number
    expectTypeOf(SharedMemory).toBeConstructibleWith({ create: true, size: '5' });
  });

  it('a list holds what the layout can hold', () => {
    expectTypeOf(ShareableList).toBeConstructibleWith([1, 2n, 'x', true, null, Buffer.alloc(1)]);
    expectTypeOf(ShareableList).toBeConstructibleWith([ShareableList.float(1)], { name: 'x' });
    // @ts-expect-error an object cannot be held
    expectTypeOf(ShareableList).toBeConstructibleWith([{}]);
    expectTypeOf<ShareableList['get']>().returns.toEqualTypeOf<ShareableItem>();
    expectTypeOf<Iterable<ShareableItem>>().toExtend<Iterable<unknown>>();
  });
});
