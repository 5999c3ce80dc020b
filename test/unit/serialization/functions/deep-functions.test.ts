// What the codec does for functions: those that stand too deep, and payloads that are encoded twice.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decode, encode, setFunctionCodec } from '../../../../ts/serialization/codec.js';
import { setFunctionCodec as useCodec } from '../../../../ts/serialization/functions.js';
import { TableCodec } from '../table-codec.js';

const codec = new TableCodec();
beforeEach(() => setFunctionCodec(codec));
afterEach(() => useCodec(undefined as never));

function chain(length: number, last: () => unknown): () => unknown {
  let fn = last;
  for (let i = 0; i < length; i++) {
    const next = fn;
    fn = () => next;
    codec.declare(fn, {
      slots: () => ({ next }),
      make: (slots) => () => slots()[0],
    });
  }
  return fn;
}

describe('functions that capture one another', () => {
  it('travel at any depth', () => {
    let fn = decode(encode(chain(20_000, () => 'end'))) as () => unknown;
    for (let i = 0; i < 20_000; i++) fn = fn() as () => unknown;
    expect(fn()).toBe('end');
  });

  it('are complete at any depth when an object follows them', () => {
    const after = { a: [1, { b: 2 }] };
    const [fn, data] = decode(encode([chain(1000, () => 'end'), after])) as [() => unknown, object];
    expect(data).toEqual(after);
    expect(typeof fn()).toBe('function');
  });

  it('deep ones that cannot travel are an error with their name', () => {
    const fn = () => new WeakMap();
    codec.declare(fn, { slots: () => ({ wm: new WeakMap() }), make: () => fn });
    expect(() => encode(chain(1000, fn))).toThrow(
      /WeakMap object[\s\S]*variable 'wm'[\s\S]*function/,
    );
  });
});

describe('encoded() and decoded()', () => {
  it('a payload is written again until the codec is content', () => {
    const verdicts = ['again', 'again', 'done'] as const;
    let asked = 0;
    let completed = 0;
    setFunctionCodec({
      reduce: (fn) => codec.reduce(fn),
      rebuild: (head) => codec.rebuild(head),
      encoded: () => verdicts[asked++]!,
      decoded: () => completed++,
    });
    const shared = { x: 1 };
    const value = [shared, () => 1, shared];
    const back = decode(encode(value)) as typeof value;
    expect(asked).toBe(3);
    expect(completed).toBe(1);
    expect(back[0]).toEqual(shared);
    expect(back[2]).toBe(back[0]);
  });

  it('scratch goes in and comes out', () => {
    const scratch = new Map<unknown, unknown>([['in', 1]]);
    setFunctionCodec({
      reduce(fn, context) {
        context.scratch.set('out', context.scratch.get('in'));
        return codec.reduce(fn);
      },
      rebuild: (head) => codec.rebuild(head),
    });
    encode(() => 1, { scratch });
    expect(scratch.get('out')).toBe(1);
  });
});
