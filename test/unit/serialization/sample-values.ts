/** One value of each kind that travels, for the tests that need them all. */
import vm from 'node:vm';

export class Shape {
  sides = 3;
  next: Shape | undefined;
}

export class Registry extends Map<unknown, unknown> {
  label = 'registry';
}

function withHoles(): unknown[] {
  const array: unknown[] = [1, 2, 3, 4];
  delete array[1];
  array.length = 6;
  return array;
}

function sparse(): unknown[] {
  const array: unknown[] = ['first'];
  array[50_000] = 'middle';
  array[4_000_000_000] = 'last';
  return array;
}

function cyclic(): object {
  const node: Record<string, unknown> = { name: 'node' };
  node['self'] = node;
  node['list'] = [node, [node]];
  node['map'] = new Map<unknown, unknown>([[node, new Set([node])]]);
  return node;
}

function sharedBuffer(): object {
  const buffer = new ArrayBuffer(32);
  return { a: new Uint8Array(buffer, 0, 8), b: new Float64Array(buffer, 8, 2) };
}

function fullError(): Error {
  const cause = new RangeError('inner');
  return Object.assign(new Error('outer', { cause }), {
    status: 500,
    cause2: cause,
  });
}

/** Fresh values by name. */
export function sampleValues(): Record<string, unknown> {
  return {
    undefined: undefined,
    null: null,
    booleans: [true, false],
    integers: [0, 1, -1, 127, 128, -128, -129, 32767, 32768, -32769, 2 ** 31 - 1, -(2 ** 31)],
    'large numbers': [2 ** 31, 2 ** 32, -(2 ** 31) - 1, 2 ** 53, -(2 ** 53), 1e308],
    'odd numbers': [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324],
    bigints: [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 200n), 10n ** 1000n],
    strings: ['', 'a', 'é', 'Ω', '日本語', '😀', '\0', '\uffff'],
    'long strings': [
      'x'.repeat(32),
      'é'.repeat(64),
      'y'.repeat(65),
      'é'.repeat(500),
      '語'.repeat(500),
      `${'z'.repeat(300)}é`,
    ],
    'lone surrogates': ['\ud800', 'a\udc00b', `${'x'.repeat(200)}\ud83d`],
    'packed integers': [
      Array.from({ length: 20 }, (_, i) => i - 10),
      Array.from({ length: 20 }, (_, i) => i * 1000),
      Array.from({ length: 20 }, (_, i) => i * 1e6),
    ],
    'packed doubles': [Array.from({ length: 20 }, (_, i) => i / 3), [0, 0, 0, 0, 0, 0, 0, -0]],
    'nearly packed': [
      [1, 2, 3, 4, 5, 6, 7, 8, 'x'],
      [1.5, 2, 3, 4, 5, 6, 7, 8, null],
    ],
    'empty containers': [[], {}, new Map(), new Set(), new ArrayBuffer(0), Buffer.alloc(0)],
    holes: withHoles(),
    sparse: sparse(),
    'only holes': new Array(9),
    'array with properties': Object.assign([1, 2], {
      extra: true,
      [Symbol.for('key')]: 1,
    }),
    'long array with properties': Object.assign(new Array(100).fill('x'), {
      extra: true,
    }),
    match: /(?<word>b+)/.exec('abbc'),
    object: { a: 1, b: { c: [] }, '': 2, 'a b': 3, 7: 'seven' },
    'wide object': Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i])),
    'null prototype': Object.assign(Object.create(null), { a: 1 }),
    '__proto__ key': JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
    'symbol keys': { [Symbol.for('key')]: 1, [Symbol.iterator]: null, a: 2 },
    symbols: [Symbol.for('registered'), Symbol.asyncIterator],
    'same shapes': Array.from({ length: 50 }, (_, i) => ({
      id: i,
      name: `n${i}`,
    })),
    'many shapes': Array.from({ length: 50 }, (_, i) => ({
      [`a${i}`]: i,
    })).flatMap((o) => [o, { ...o }]),
    map: new Map<unknown, unknown>([
      [{ k: 1 }, 'v'],
      [Number.NaN, [1]],
      ['s', new Map()],
    ]),
    set: new Set([1, 'a', { b: 1 }]),
    dates: [new Date(0), new Date(Number.NaN), new Date(8.64e15)],
    regexps: [/a/, /b+/giu, /[/]\n/s, /(?:)/],
    errors: [
      fullError(),
      new TypeError('t'),
      new EvalError('e'),
      new SyntaxError('s'),
      new URIError('u'),
      new ReferenceError('r'),
      new Error(),
    ],
    aggregate: new AggregateError([new Error('one'), 'two'], 'all'),
    dom: new DOMException('stopped', 'AbortError'),
    boxed: [Object(1), Object('text'), Object(false), Object(5n), Object(Symbol.for('s'))],
    'typed arrays': [
      Int8Array.of(-1),
      Uint8Array.of(255),
      Uint8ClampedArray.of(9),
      Int16Array.of(-300),
      Uint16Array.of(6e4),
      Int32Array.of(-7e4),
      Uint32Array.of(4e9),
      Float32Array.of(0.5),
      Float64Array.of(Math.PI),
      BigInt64Array.of(-5n),
      BigUint64Array.of(2n ** 64n - 1n),
    ],
    'data view': new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2),
    'array buffer': Uint8Array.of(1, 2, 3).buffer,
    'shared buffer': sharedBuffer(),
    buffers: [Buffer.from('hello'), Buffer.alloc(10_000, 7), Buffer.alloc(100).subarray(10, 20)],
    urls: [new URL('https://user:pw@example.org:81/p?q=1#h'), new URLSearchParams('a=1&a=2&b=%20')],
    cyclic: cyclic(),
    'other realm': vm.runInNewContext(
      '({ o: { a: [1, 2] }, m: new Map([[1, 2]]), d: new Date(1), r: /x/g, u: new Uint8Array(2) })',
    ),
  };
}
