import { describe, expect, it } from 'vitest';
import { roundTrip } from './round-trip.js';

interface Node {
  value: number;
  next: Node | null;
}

describe('identity', () => {
  it('of shared objects is kept among many', () => {
    const shared = Array.from({ length: 50 }, (_, i) => ({ i }));
    const copy = roundTrip([...shared, ...shared]);
    expect(new Set(copy).size).toBe(50);
    expect(copy[0]).toBe(copy[50]);
    expect(copy[49]).toBe(copy[99]);
  });

  it('of every kind of object is kept', () => {
    const objects = [{}, [], new Map(), new Set(), new Date(), /x/, Object(1)];
    const more = [new Error('x'), new URL('http://a'), Buffer.from('x')];
    const others = [new ArrayBuffer(1), [1.5, 2, 3, 4, 5, 6, 7, 8, 9]];
    const all: unknown[] = [...objects, ...more, ...others];
    const [first, second] = roundTrip([all, all.slice()]) as [unknown[], unknown[]];
    first.forEach((object, i) => {
      expect(object).toBe(second[i]);
    });
  });

  it('of equal objects is not made up', () => {
    const [a, b] = roundTrip([{ x: 1 }, { x: 1 }]);
    expect(a).not.toBe(b);
  });

  it('survives cycles through every kind of container', () => {
    const map = new Map<unknown, unknown>();
    const set = new Set<unknown>();
    const error = Object.assign(new Error('x'), { map });
    error.cause = error;
    const list: unknown[] = [map, set, error];
    map.set(map, list);
    set.add(set);
    const copy = roundTrip(list) as [typeof map, typeof set, typeof error];
    expect(copy[0].get(copy[0])).toBe(copy);
    expect(copy[1].has(copy[1])).toBe(true);
    expect(copy[2].cause).toBe(copy[2]);
    expect(copy[2].map).toBe(copy[0]);
  });
});

describe('depth', () => {
  it('of a list of a million nodes is no limit', () => {
    let list: Node | null = null;
    for (let i = 0; i < 1_000_000; i++) list = { value: i, next: list };
    let count = 0;
    for (let at = roundTrip(list); at !== null; at = at.next) count++;
    expect(count).toBe(1_000_000);
  });

  it('of a hundred thousand arrays, Maps, Sets and errors is none', () => {
    let value: unknown = [];
    for (let i = 0; i < 25_000; i++) {
      value = [new Map([[i, new Set([new Error('x', { cause: value })])]])];
    }
    let depth = 0;
    let at = roundTrip(value) as [Map<number, Set<Error>>?];
    while (at[0] !== undefined) {
      const [set] = at[0].values() as Iterable<Set<Error>> as [Set<Error>];
      const [error] = set as Iterable<Error> as [Error];
      at = error.cause as typeof at;
      depth++;
    }
    expect(depth).toBe(25_000);
  });

  it('keeps identity across what was put off', () => {
    const shared = { shared: true };
    let deep: unknown = shared;
    for (let i = 0; i < 1000; i++) deep = i % 2 ? [deep] : { deep, shared };
    const copy = roundTrip({ deep, shared });
    let at: unknown = copy.deep;
    while (at !== copy.shared) {
      if (Array.isArray(at)) [at] = at;
      else {
        expect((at as { shared: unknown }).shared).toBe(copy.shared);
        at = (at as { deep: unknown }).deep;
      }
    }
    expect(copy.shared).toEqual({ shared: true });
  });
});
