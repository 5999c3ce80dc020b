import { describe, expectTypeOf, it } from 'vitest';
import {
  type CharacterArray,
  RawArray,
  RawValue,
  Array as SharedArray,
  type SharedItems,
  type SharedNumber,
  Structure,
  type Synchronized,
  type SynchronizedNumber,
  sharedctypes,
  Value,
} from '../../ts/index.js';

const Point = Structure({ x: 'd', y: 'd' });
const Line = Structure({
  from: Point,
  to: Point,
  name: ['c', 8],
  dashes: ['h', 3],
  id: 'q',
  flag: 'u',
});

describe('types', () => {
  it('values are of the type that their code says', () => {
    expectTypeOf(Value('d', 1)).toEqualTypeOf<SynchronizedNumber<number>>();
    expectTypeOf(RawValue('q')).toEqualTypeOf<SharedNumber<bigint>>();
    expectTypeOf(Value('c', 'x').value).toEqualTypeOf<Buffer>();
    expectTypeOf(RawValue('u').value).toEqualTypeOf<string>();
    // @ts-expect-error no lock
    RawValue('d').getLock();
    // @ts-expect-error a bigint
    RawValue('q', 1);
    // @ts-expect-error no such code
    RawValue('P');
  });

  it('arrays are typed arrays, or have elements that show the memory', () => {
    expectTypeOf(SharedArray('i', [1])).toExtend<Int32Array & Synchronized>();
    expectTypeOf(RawArray('c', 'text')).toEqualTypeOf<CharacterArray>();
    expectTypeOf(RawArray('q', [1n])[0]).toEqualTypeOf<bigint | undefined>();
    expectTypeOf(RawArray(['i', 2], [[1, 2]])).toEqualTypeOf<SharedItems<Int32Array>>();
    expectTypeOf(RawArray([['i', 2], 2], 3)).toEqualTypeOf<SharedItems<SharedItems<Int32Array>>>();
    expectTypeOf(SharedArray(Point, [[1, 2], { y: 1 }])[0]!.x).toEqualTypeOf<number>();
    // @ts-expect-error a number
    SharedArray(Point, [{ x: 'text' }]);
    // @ts-expect-error no such field
    SharedArray(Point, [{ z: 1 }]);
  });

  it('structures have their fields', () => {
    const line = Value(Line, { from: { x: 1 }, to: [1, 2], name: 'text', dashes: [1], id: 1n });
    expectTypeOf(line.from).toEqualTypeOf<{ x: number; y: number }>();
    expectTypeOf(line.name).toEqualTypeOf<CharacterArray>();
    expectTypeOf(line.dashes).toEqualTypeOf<Int16Array>();
    expectTypeOf(line.id).toEqualTypeOf<bigint>();
    expectTypeOf(line.flag).toEqualTypeOf<string>();
    expectTypeOf(line).toExtend<Synchronized>();
    line.from = { x: 1, y: 2 };
    expectTypeOf(Line.byteOffsets.id).toEqualTypeOf<number>();
    // @ts-expect-error no such field
    line.other;
    // @ts-expect-error no such type
    Structure({ x: 'P' });
  });

  it('structures can be extended', () => {
    class Vector extends Structure({ x: 'd' }) {
      twice() {
        return this.x * 2;
      }
    }
    expectTypeOf(Value(Vector, { x: 1 }).twice()).toEqualTypeOf<number>();
    expectTypeOf(SharedArray(Vector, 2)[0]!.twice()).toEqualTypeOf<number>();
    expectTypeOf(new Vector([1])).toEqualTypeOf<Vector>();
  });

  it('copies have no lock, and synchronized objects have one', () => {
    expectTypeOf(sharedctypes.synchronized(RawValue(Point)).getLock).toBeFunction();
    expectTypeOf(sharedctypes.copy(Value(Point)).x).toEqualTypeOf<number>();
    // @ts-expect-error no lock
    sharedctypes.copy(Value(Point)).getLock();
  });
});
