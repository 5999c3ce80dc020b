// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of code
import { describe, expect, it } from 'vitest';
import { mayAssign } from '../../../../ts/serialization/functions/assignments.js';
import { heritageOf } from '../../../../ts/serialization/functions/class-heritage.js';
import { replaceImportMeta } from '../../../../ts/serialization/functions/import-meta.js';

describe('replaceImportMeta()', () => {
  it('replaces each real use by a word of its length', () => {
    const text = '() => [import.meta.url, "import.meta", /* import.meta */ import.meta]';
    const { text: replaced, meta } = replaceImportMeta(text);
    expect(meta).toBeDefined();
    expect(replaced).toHaveLength(text.length);
    expect(replaced).toBe(`() => [${meta}.url, "import.meta", /* import.meta */ ${meta}]`);
  });

  it('leaves a text alone that only speaks of it', () => {
    const text = '() => "import.meta"';
    expect(replaceImportMeta(text)).toEqual({ text, meta: undefined });
  });
});

describe('heritageOf()', () => {
  it('leaves the name of a parent class', () => {
    const text = 'class A extends B { m() { return super.m() } }';
    expect(heritageOf(text)).toEqual({ text, variable: 'B' });
  });

  it.each([
    ['class extends mixin({ a: 1 }, class {}) ', '{ constructor() { super() } }'],
    ['class A extends (class { #x = {} }) ', '{ [`${1}`]() {} }'],
    ['class A extends ns.B ', '{ static { super.x } }'],
    ['class A extends class extends Object { constructor() { super(); } } ', '{}'],
  ])('replaces the longer expression of %s, and moves nothing', (head, body) => {
    const heritage = heritageOf(head + body)!;
    expect(heritage.text).toHaveLength(head.length + body.length);
    expect(heritage.text.slice(head.length)).toBe(body);
    const [before = '', name = ''] = heritage.text.split(/ extends /);
    expect(head.startsWith(`${before} extends `)).toBe(true);
    expect(name.startsWith(`${heritage.variable} `)).toBe(true);
  });

  it('keeps the lines of a long expression', () => {
    const text = 'class A extends mixin(\n  B,\n) {\n  m() {}\n}';
    const { text: replaced } = heritageOf(text)!;
    expect(replaced.split('\n').length).toBe(text.split('\n').length);
    expect(replaced.indexOf('m()')).toBe(text.indexOf('m()'));
  });

  it.each(['class A {}', 'class { extends() {} }', 'class A { x = class extends B {} }'])(
    'is nothing for %s',
    (text) => {
      expect(heritageOf(text)).toBeUndefined();
    },
  );
});

describe('mayAssign()', () => {
  it.each([
    'x = 1',
    'x += 1',
    'x ??= 1',
    'x >>>= 1',
    'x++',
    '--x',
    '(x)++',
    'x /* why */ = 1',
    '[x] = list',
    '({ x } = o)',
    '({ a: x } = o)',
    '[...x] = list',
    'for (x of list);',
    'for (x in o);',
    'for ([x] of list);',
    'eval(code)',
  ])('is true for %s', (text) => {
    expect(mayAssign(`() => { ${text} }`, 'x')).toBe(true);
  });

  it.each(['x == 1', 'x === 1', 'x => 1', 'x.y = 1', 'y.x = 1', 'x <= 1', 'xx = 1', 'x + 1'])(
    'is false for %s',
    (text) => {
      expect(mayAssign(`() => { ${text} }`, 'x')).toBe(false);
    },
  );

  it('takes a dollar for a letter', () => {
    expect(mayAssign('() => { $ = 1 }', '$')).toBe(true);
    expect(mayAssign('() => { a$ = 1 }', '$')).toBe(false);
  });
});
