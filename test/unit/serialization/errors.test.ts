import { describe, expect, it } from 'vitest';
import { PicklingError } from '../../../ts/errors.js';
import { decode, encode } from '../../../ts/serialization/codec.js';
import { roundTrip } from './round-trip.js';

function failure(value: unknown, root = 'value'): PicklingError {
  try {
    encode(value, { root });
  } catch (error) {
    expect(error).toBeInstanceOf(PicklingError);
    return error as PicklingError;
  }
  throw new Error('Expected the value not to travel');
}

function* generator() {
  yield 1;
}

describe('what cannot travel', () => {
  const values: Record<string, object> = {
    WeakMap: new WeakMap(),
    WeakSet: new WeakSet(),
    WeakRef: new WeakRef({}),
    Promise: Promise.resolve(),
    Generator: generator(),
    Proxy: new Proxy({}, {}),
    SharedArrayBuffer: new SharedArrayBuffer(1),
    MessagePort: new MessageChannel().port1,
    AbortSignal: new AbortController().signal,
    AbortController: new AbortController(),
    'Map Iterator': new Map().entries(),
    'Array Iterator': [][Symbol.iterator](),
    FinalizationRegistry: new FinalizationRegistry(() => {}),
  };
  for (const [name, value] of Object.entries(values)) {
    it(`is named: ${name}`, () => {
      const error = failure({ a: [value] });
      expect(error.message.split('\n')[0]).toMatch(
        new RegExp(`^cannot pickle ${name} object.* at value\\.a\\[0\\]$`),
      );
      expect(error.code).toBe('ERR_MP_PICKLING');
    });
  }

  it('is a typed array on shared memory', () => {
    const error = failure(new Int32Array(new SharedArrayBuffer(4)));
    expect(error.message).toContain('SharedArrayBuffer');
  });

  it('is an object whose prototype is not that of a class', () => {
    expect(failure(Object.create({ a: 1 })).path).toBe('value');
  });

  it('is a subclass of a builtin class with state of its own', () => {
    class Target extends EventTarget {}
    expect(failure([new Target()]).message).toContain('Target object');
  });

  it('is a Proxy, of which no trap is run', () => {
    const proxy = new Proxy(
      {},
      {
        get: () => expect.unreachable(),
        getPrototypeOf: () => expect.unreachable(),
        ownKeys: () => expect.unreachable(),
      },
    );
    expect(failure(proxy).message).toBe('cannot pickle Proxy object at value');
  });
});

describe('the way to it', () => {
  it('leads from the inside out', () => {
    const error = failure([1, { cb: { wm: new WeakMap() } }], 'args');
    expect(error.message).toBe(
      [
        'cannot pickle WeakMap object at args[1].cb.wm',
        "  property 'wm' of Object object",
        "  property 'cb' of Object object",
        '  item 1 of Array object',
      ].join('\n'),
    );
    expect(error.path).toBe('args[1].cb.wm');
    expect(error.trail).toHaveLength(3);
  });

  it('goes through Maps, Sets, errors, symbols and odd keys', () => {
    const wm = new WeakMap();
    const map = new Map<unknown, unknown>([['k', { 'odd key': wm }]]);
    expect(failure(map).path).toBe('value.get("k")["odd key"]');
    expect(failure(new Map([[wm, 1]])).trail).toEqual(['key of Map object']);
    expect(failure(new Set([wm])).trail).toEqual(['item of Set object']);
    expect(failure(new Error('x', { cause: wm })).path).toBe('value.cause');
    expect(failure({ [Symbol.for('s')]: wm }).path).toBe('value[Symbol(s)]');
    expect(failure(Object.assign([1], { extra: wm })).path).toBe('value.extra');
  });

  it('is complete for what was put off', () => {
    let value: unknown = { wm: new WeakMap() };
    for (let i = 0; i < 8; i++) value = { next: value };
    const shallow = failure(value).trail.length;
    for (let i = 0; i < 300; i++) value = { next: value };
    const { path, trail } = failure(value);
    expect(shallow).toBe(9);
    expect(trail[0]).toBe("property 'wm' of Object object");
    expect(trail).toContain('… 285 more');
    expect(path).toMatch(/^value\.next\.next.*…\.next.*\.wm$/);
  });
});

describe('an error of a getter', () => {
  it('is the cause, with the way to it', () => {
    const cause = new RangeError('from the getter');
    const value = {
      list: [
        {
          get x() {
            throw cause;
          },
        },
      ],
    };
    const error = failure(value);
    expect(error.cause).toBe(cause);
    expect(error.path).toBe('value.list[0].x');
    expect(error.message).toContain('RangeError: from the getter');
  });

  it('may be anything, null included', () => {
    const value = {
      get x() {
        throw null;
      },
    };
    expect(failure(value).path).toBe('value.x');
  });
});

describe('after an error', () => {
  it('the codec works on as if nothing had been', () => {
    failure({ a: [{ b: new WeakMap() }] });
    expect(roundTrip({ a: [{ b: 1 }] })).toEqual({ a: [{ b: 1 }] });
    expect(() => decode(Buffer.from([0]))).toThrow(PicklingError);
    expect(roundTrip({ a: [{ b: 1 }] })).toEqual({ a: [{ b: 1 }] });
  });
});

describe('a getter that encodes', () => {
  it('does not disturb the encoder it is called by', () => {
    const inner = { deep: [1, 2, { x: 'inner' }] };
    const value = {
      a: { x: 1 },
      get b() {
        return Buffer.from(encode({ inner, x: { x: 3 } }));
      },
      c: { x: 2 },
    };
    const copy = roundTrip(value);
    expect([copy.a, copy.c]).toEqual([{ x: 1 }, { x: 2 }]);
    expect(decode(copy.b)).toEqual({ inner, x: { x: 3 } });
  });
});

describe('a collection that changes while it is read', () => {
  it('is an error', () => {
    const map = new Map<unknown, unknown>();
    map.set('a', {
      get x() {
        return map.set('b', 1).size;
      },
    });
    expect(failure(map).message).toContain('it changed meanwhile');
  });
});
