import { beforeEach, describe, expect, it } from 'vitest';
import { setFunctionCodec } from '../../../ts/serialization/codec.js';
import { roundTrip } from './round-trip.js';
import { TableCodec } from './table-codec.js';

let codec: TableCodec;
beforeEach(() => {
  codec = new TableCodec();
  setFunctionCodec(codec);
});

class Point {
  x: number;
  y: unknown;
  constructor(x: number, y: unknown) {
    this.x = x;
    this.y = y;
  }
}

class Tagged extends Map<unknown, unknown> {
  tag = 'none';
}

class Failure extends TypeError {
  status = 500;
}

/** A function that captures one variable, which a test may set to anything. */
function capturing(): { fn: Function; set(value: unknown): void } {
  let variable: unknown;
  const fn = () => variable;
  codec.declare(fn, {
    slots: () => ({ variable }),
    make: (slots) => () => slots()[0],
  });
  return { fn, set: (value) => (variable = value) };
}

describe('functions', () => {
  it('go through the function codec once per payload', () => {
    const { fn, set } = capturing();
    set({ deep: [1, 2] });
    const [first, second] = roundTrip([fn, fn]) as [Function, Function];
    expect(first).toBe(second);
    expect(first()).toEqual({ deep: [1, 2] });
    expect(codec.log.filter((line) => line.startsWith('reduce'))).toHaveLength(1);
    expect(codec.log.some((line) => line.startsWith('open'))).toBe(false);
  });

  it('that capture nothing may be the last thing in a payload', () => {
    const fn = () => 1;
    expect(roundTrip({ fn }).fn()).toBe(1);
    expect(roundTrip(fn)()).toBe(1);
  });

  it('nested deeper than the stack allows are put together', () => {
    let outermost: Function = () => 0;
    for (let i = 0; i < 5000; i++) {
      const inner = outermost;
      outermost = () => inner;
      codec.declare(outermost, {
        slots: () => ({ inner }),
        make: (slots) => () => slots()[0],
      });
    }
    let depth = 0;
    let at: unknown = roundTrip(outermost);
    for (; typeof at === 'function'; at = at()) depth++;
    expect(depth).toBe(5001);
  });

  it('are made open when a captured value leads back to them', () => {
    const { fn, set } = capturing();
    set([{ back: fn }]);
    const copy = roundTrip(fn);
    expect(copy()[0].back).toBe(copy);
    expect(codec.log.filter((line) => line.startsWith('open'))).toHaveLength(1);
  });

  it('find captured values complete, however deep, when they are created', () => {
    const { fn, set } = capturing();
    let deep: unknown = 'bottom';
    for (let i = 0; i < 500; i++) deep = { deep };
    set(deep);
    let depthAtCreation = 0;
    codec.declare(fn, {
      slots: () => ({ variable: deep }),
      make: (slots) => {
        let at = slots()[0] as { deep: unknown };
        for (; at?.deep; at = at.deep as typeof at) depthAtCreation++;
        return () => at;
      },
    });
    expect(roundTrip(fn)()).toBe('bottom');
    expect(depthAtCreation).toBe(500);
  });
});

describe('instances', () => {
  it('keep their class, their properties and their cycles', () => {
    const point = new Point(1, undefined);
    point.y = { point };
    const copy = roundTrip(point);
    expect(copy).toBeInstanceOf(Point);
    expect(copy).not.toBe(point);
    expect(copy.y).toEqual({ point: copy });
  });

  it('come once when their class holds them too', () => {
    class Single {
      static instance: Single;
      name = 'single';
    }
    Single.instance = new Single();
    class Copy {
      static instance: unknown;
      name = 'copy';
    }
    codec.declare(Single, {
      slots: () => ({ instance: Single.instance }),
      make: (slots) => {
        Object.defineProperty(Copy, 'instance', { get: () => slots()[0] });
        return Copy;
      },
    });
    const copy = roundTrip(Single.instance);
    expect(copy).toBeInstanceOf(Copy);
    expect(Copy.instance).toBe(copy);
    expect(copy.name).toBe('single');
  });

  it('of builtin subclasses are real ones, without their constructor being run', () => {
    const tagged = new Tagged([['a', 1]]);
    tagged.tag = 'some';
    tagged.set('self', tagged);
    const copy = roundTrip(tagged);
    expect(copy).toBeInstanceOf(Tagged);
    expect(copy.get('self')).toBe(copy);
    expect([copy.size, copy.tag]).toEqual([2, 'some']);
  });

  it('of error classes keep class, message, stack and fields', () => {
    const failure = new Failure('no', { cause: new Point(1, 2) });
    const copy = roundTrip(failure);
    expect(copy).toBeInstanceOf(Failure);
    expect(copy.stack).toBe(failure.stack);
    expect(copy.status).toBe(500);
    expect(copy.cause).toBeInstanceOf(Point);
  });

  it('of error classes that cannot travel arrive as the builtin class under their name', () => {
    codec.refused.add(Failure);
    class Named extends Failure {
      override get name() {
        return 'Named';
      }
    }
    codec.refused.add(Named);
    const copy = roundTrip(new Named('no'));
    expect(Object.getPrototypeOf(copy)).toBe(TypeError.prototype);
    expect([copy.name, copy.message, copy.status]).toEqual(['Named', 'no', 500]);
  });

  it('of every kind of builtin subclass come back as such', () => {
    class List extends Array<number> {}
    class Day extends Date {}
    class Pattern extends RegExp {}
    class Bag extends Set<number> {}
    class Bytes extends Uint8Array {}
    class Link extends URL {}
    const all = [
      List.from([1, 2, 3]),
      List.from({ length: 20 }, (_, i) => i),
      new List(),
      new Day(5),
      new Pattern('a', 'g'),
      new Bag([1]),
      new Bytes(4),
      new Link('http://localhost/a'),
    ];
    const copies = roundTrip(all);
    copies.forEach((copy, i) => {
      expect(copy.constructor).toBe(all[i]!.constructor);
      expect(copy).toEqual(all[i]);
    });
    expect(Array.isArray(copies[0])).toBe(true);
  });
});
