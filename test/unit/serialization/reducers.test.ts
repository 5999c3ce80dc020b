import { beforeEach, describe, expect, it } from 'vitest';
import { PicklingError } from '../../../ts/errors.js';
import {
  assignReducer,
  decode,
  encode,
  registerReducer,
  setFunctionCodec,
} from '../../../ts/serialization/codec.js';
import { roundTrip } from './round-trip.js';
import { TableCodec } from './table-codec.js';

let codec: TableCodec;
beforeEach(() => {
  codec = new TableCodec();
  setFunctionCodec(codec);
});

class Account {
  readonly #balance: number;
  constructor(balance: number) {
    this.#balance = balance;
  }
  get balance() {
    return this.#balance;
  }
}
class Savings extends Account {}

registerReducer(Account, {
  reduce: (account) => ({ balance: account.balance }),
  rebuild: ({ balance }, _context, Class) => Reflect.construct(Class, [balance]) as Account,
});

class Handle {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
}
class SpecialHandle extends Handle {}
registerReducer(
  Handle,
  {
    reduce: (handle, context) => context.handles.push(handle.id) - 1,
    rebuild: (index, context, Class) => {
      const id = context.handles[index]!;
      context.handles[index] = -1;
      return Reflect.construct(Class, [id]) as Handle;
    },
  },
  { name: 'Handle' },
);

class Ring {
  #next: Ring | undefined;
  link(next: Ring): this {
    this.#next = next;
    return this;
  }
  get next() {
    return this.#next;
  }
}
registerReducer(Ring, {
  reduce: (ring) => [ring.next],
  rebuild: ([next]) => new Ring().link(next!),
  createOpen: () => {
    const value = new Ring();
    return { value, fill: ([next]) => value.link(next!) };
  },
});

describe('a reducer', () => {
  it('carries what own properties do not show', () => {
    expect(roundTrip(new Account(7)).balance).toBe(7);
  });

  it('serves subclasses, which come back as such', () => {
    const copy = roundTrip(new Savings(8));
    expect(copy).toBeInstanceOf(Savings);
    expect(copy.balance).toBe(8);
  });

  it('of the nearest class wins', () => {
    class Base {
      tag = '';
    }
    class Derived extends Base {}
    const tagging = (tag: string) => ({
      reduce: () => tag,
      rebuild: (reduced: string) => Object.assign(new Base(), { tag: reduced }),
    });
    registerReducer(Base, tagging('base'));
    expect(roundTrip(new Derived()).tag).toBe('base');
    registerReducer(Derived, tagging('derived'));
    expect(roundTrip(new Derived()).tag).toBe('derived');
    expect(roundTrip(new Base()).tag).toBe('base');
  });

  it('keeps the identity of what it rebuilds', () => {
    const account = new Account(1);
    const [first, second] = roundTrip([account, account]);
    expect(first).toBe(second);
  });

  it('travels along, for a side that has none', () => {
    class Sent {
      value = 1;
    }
    class Received {
      value = 2;
    }
    codec.declare(Sent, { slots: () => ({}), make: () => Received });
    registerReducer(Sent, {
      reduce: (sent) => sent.value,
      rebuild: (value, _context, Class) =>
        Object.assign(Reflect.construct(Class, []), { value }) as Sent,
    });
    const copy: unknown = roundTrip(new Sent());
    expect(copy).toBeInstanceOf(Received);
    expect((copy as Received).value).toBe(1);
  });

  it('gets all of its value before it rebuilds, however deep', () => {
    class Deep {
      depth = 0;
    }
    registerReducer(Deep, {
      reduce: () => {
        let value: unknown[] = [];
        for (let i = 0; i < 1000; i++) value = [value];
        return value;
      },
      rebuild: (value) => {
        const deep = new Deep();
        let at = value;
        for (; at.length > 0; at = at[0] as unknown[]) deep.depth++;
        return deep;
      },
    });
    expect(roundTrip({ a: [new Deep()] }).a[0]!.depth).toBe(1000);
  });

  it('may encode by itself', () => {
    class Nested {
      value: unknown;
    }
    registerReducer(Nested, {
      reduce: (nested) => Buffer.from(encode(nested.value)),
      rebuild: (bytes) => Object.assign(new Nested(), { value: decode(bytes) }),
    });
    const nested = Object.assign(new Nested(), { value: { a: 1 } });
    const copy = roundTrip([{ a: 2 }, nested, { a: 3 }]) as unknown[];
    expect(copy).toEqual([{ a: 2 }, nested, { a: 3 }]);
  });
});

describe('a named reducer', () => {
  it('needs no function codec for its class', () => {
    setFunctionCodec(codec);
    const handles: number[] = [];
    const bytes = encode([new Handle(11), new Handle(12)], { handles });
    expect(handles).toEqual([11, 12]);
    expect(codec.log).toEqual([]);
    const received = [21, 22];
    const copy = decode(bytes, { handles: received }) as Handle[];
    expect(copy.map(({ id }) => id)).toEqual([21, 22]);
    expect(received).toEqual([-1, -1]);
  });

  it('sends the class of a subclass', () => {
    const handles: number[] = [];
    const bytes = encode(new SpecialHandle(3), { handles });
    expect(decode(bytes, { handles })).toBeInstanceOf(SpecialHandle);
  });

  it('that uses descriptors is an error where none can travel', () => {
    expect(() => encode(new Handle(1))).toThrow(/takes no descriptors/);
  });

  it('may make an object of what came before', () => {
    class Wrapper {
      readonly #inner: object;
      constructor(inner: object) {
        this.#inner = inner;
      }
      get inner() {
        return this.#inner;
      }
    }
    registerReducer<Wrapper, object>(
      Wrapper,
      { reduce: ({ inner }) => inner, rebuild: (inner) => new Wrapper(inner) },
      { name: 'Wrapper' },
    );
    const inner = { a: 1 };
    const wrapper = new Wrapper(inner);
    const [before, made, again] = roundTrip([inner, wrapper, wrapper] as const);
    expect(made).toBeInstanceOf(Wrapper);
    expect([made.inner === before, made === again]).toEqual([true, true]);
  });

  it('may be that of several classes, under one name', () => {
    class Left {}
    class Right {}
    const reducer = {
      reduce: (side: object) => side instanceof Left,
      rebuild: (isLeft: boolean) => (isLeft ? new Left() : new Right()),
    };
    registerReducer(Left, reducer, { name: 'Side' });
    registerReducer(Right, reducer, { name: 'Side' });
    const sides = roundTrip([new Left(), new Right()]);
    expect(sides.map((side) => side.constructor)).toEqual([Left, Right]);
  });

  it('takes no name of another class', () => {
    const reducer = { reduce: () => 0, rebuild: () => new Account(0) };
    expect(() => registerReducer(Savings, reducer, { name: 'Handle' })).toThrow(TypeError);
  });
});

describe('a reduced form that refers to its object', () => {
  it('is closed by createOpen', () => {
    const ring = new Ring();
    ring.link(new Ring().link(ring));
    const copy = roundTrip(ring);
    expect(copy.next).not.toBe(copy);
    expect(copy.next!.next).toBe(copy);
  });

  it('does not use createOpen when it need not', () => {
    const end = new Ring();
    const copy = roundTrip(new Ring().link(end));
    expect(copy.next).toBeInstanceOf(Ring);
    expect(copy.next!.next).toBeUndefined();
  });

  it('is an error without createOpen', () => {
    class Loop {
      self = this;
    }
    registerReducer(Loop, {
      reduce: (loop) => ({ self: loop }),
      rebuild: () => new Loop(),
    });
    expect(() => encode({ x: new Loop() })).toThrow(
      /cannot pickle Loop object: its reduced form refers back to it.*at value\.x\.<reduced>\.self/,
    );
  });
});

describe('a reducer assigned to one object', () => {
  class SharedMemory {}
  const memory = new ArrayBuffer(8);
  registerReducer(
    SharedMemory,
    { reduce: () => 'the same', rebuild: () => memory },
    { name: 'SharedMemory' },
  );

  it('serves a buffer and all views of it', () => {
    assignReducer(memory, SharedMemory);
    const [bytes, whole] = roundTrip([new Uint8Array(memory, 2, 2), memory]);
    expect(whole).toBe(memory);
    expect((bytes as Uint8Array).buffer).toBe(memory);
    expect((bytes as Uint8Array).byteOffset).toBe(2);
  });

  it('serves a Proxy, of which no trap is run', () => {
    const proxy = new Proxy({}, { get: () => expect.unreachable() });
    assignReducer(proxy, SharedMemory);
    expect(roundTrip([proxy])[0]).toBe(memory);
  });

  it('serves a class', () => {
    abstract class Definition {}
    const made = class {};
    registerReducer<object, number>(
      Definition,
      { reduce: () => 7, rebuild: () => made },
      { name: 'Definition' },
    );
    assignReducer(made, Definition);
    expect(roundTrip([made, made])).toEqual([made, made]);
  });

  it('must be registered', () => {
    expect(() => assignReducer({}, class {})).toThrow(TypeError);
  });
});

describe('errors of reducers', () => {
  class Broken {
    mode: 'reduce' | 'rebuild' | 'value' = 'reduce';
  }
  const cause = new Error('from the reducer');
  registerReducer(Broken, {
    reduce: ({ mode }) => {
      if (mode === 'reduce') throw cause;
      return mode === 'value' ? { wm: new WeakMap() } : null;
    },
    rebuild: () => {
      throw cause;
    },
  });
  const broken = (mode: Broken['mode']) => Object.assign(new Broken(), { mode });

  it('in reduce are the cause, with the way to the object', () => {
    expect(() => encode([broken('reduce')])).toThrow(
      expect.objectContaining({ cause, path: 'value[0]' }),
    );
  });

  it('in rebuild are the cause', () => {
    const bytes = encode([broken('rebuild')]);
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ cause }));
  });

  it('in the reduced value name it', () => {
    expect(() => encode([broken('value')])).toThrow(
      /property 'wm' of Object object\n.*reduced form of Broken object\n/,
    );
  });

  it('nested without end are an error, not a stack overflow', () => {
    class Nest {
      depth: number;
      constructor(depth: number) {
        this.depth = depth;
      }
    }
    registerReducer(Nest, {
      reduce: ({ depth }) => (depth === 0 ? null : new Nest(depth - 1)),
      rebuild: (inner) => new Nest(inner === null ? 0 : inner.depth + 1),
    });
    expect(roundTrip(new Nest(300)).depth).toBe(300);
    expect(() => encode(new Nest(100_000))).toThrow(PicklingError);
  });
});

describe('registerReducer', () => {
  const reducer = { reduce: () => 0, rebuild: () => new Account(0) };
  const invalid = expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' });

  it('refuses what is no class', () => {
    for (const Class of [undefined, {}, () => {}, 'Account']) {
      expect(() => registerReducer(Class as never, reducer)).toThrow(invalid);
    }
  });

  it('refuses what is no reducer', () => {
    for (const wrong of [undefined, {}, { reduce: () => 0 }, { rebuild() {} }]) {
      expect(() => registerReducer(Account, wrong as never)).toThrow(invalid);
    }
  });

  it('refuses classes that travel by themselves', () => {
    for (const Class of [Map, Date, Object, Error, Uint8Array, Buffer]) {
      expect(() => registerReducer(Class as never, reducer)).toThrow(invalid);
    }
  });
});
