// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of code
import { describe, expect, it } from 'vitest';
import {
  formOf,
  freeVariables,
  unusedWord,
  usesOuterArguments,
  usesOuterThis,
  usesSuper,
} from '../../../../ts/serialization/functions/source-probe.js';

describe('formOf()', () => {
  it.each([
    ['class A { #x = 1 }', 'class'],
    ['class {}', 'class'],
    ['function f() {}', 'expression'],
    ['async function* () {}', 'expression'],
    ['(a, b) => a + b', 'expression'],
    ['async x => x', 'expression'],
    ['x => ({ x })', 'expression'],
    ['m() {}', 'member'],
    ['async m() {}', 'member'],
    ['*m() {}', 'member'],
    ['get x() { return 1 }', 'member'],
    ['[Symbol.iterator]() {}', 'member'],
    ['async() {}', 'member'],
    ['async(x) { return x }', 'member'],
    ['class() {}', 'member'],
    ['42() {}', 'member'],
    ["'a b'() {}", 'member'],
  ])('%s is a %s', (text, form) => {
    expect(formOf(text)).toEqual({ form });
  });

  it.each([
    ['() => super.x', "'super'"],
    ['() => new.target', 'new.target'],
    ['m() { return this.#x }', '#x'],
  ])('%s does not stand alone, and V8 says why', (text, reason) => {
    expect(formOf(text)).toEqual({ complaint: expect.stringContaining(reason) });
  });
});

describe('freeVariables()', () => {
  const names = ['a', 'b', 'c'];
  it.each([
    ['() => a + b', ['a', 'b']],
    ["() => 'a' /* b */ + `c`", []],
    ['() => `${c}`', ['c']],
    ['(a) => { let b; return a + b + c }', ['c']],
    ['() => { { var a } return a }', []],
    ['() => ({ a: 1 }).b', []],
    ['() => ({ a })', ['a']],
    ['() => { try {} catch (a) { a } }', []],
    ['function a() { return a }', []],
    ['() => { function b() { return c } return b }', ['c']],
    ['(x = a) => { var a = 1; return x }', ['a']],
    ['() => typeof a', ['a']],
    ['() => { a: for (;;) break a }', []],
  ])('of %s are %j', (text, free) => {
    expect(freeVariables(text, 'expression', true, names)).toEqual(free);
  });

  it('include what a class takes for its keys, parents and static blocks', () => {
    const text = 'class X extends a { [b]() {} static { c() } }';
    expect(freeVariables(text, 'class', true, names)).toEqual(names);
  });

  it('include what a computed name takes', () => {
    expect(freeVariables('[a]() { return c }', 'member', true, names)).toEqual(['a', 'c']);
  });

  it('knows words that are names in sloppy code only', () => {
    const text = 'function () { return let + yield }';
    expect(freeVariables(text, 'expression', false, ['let', 'a'])).toEqual(['let']);
  });

  it('does not run the text', () => {
    const text = '(() => { globalThis.probeRan = true })()';
    freeVariables(text, 'expression', true, ['a']);
    expect('probeRan' in globalThis).toBe(false);
  });
});

describe('usesOuterThis()', () => {
  it.each([
    ['() => this', true],
    ['() => () => this.x', true],
    ['(x = this) => x', true],
    ['() => `${this.x}`', true],
    ['() => { function f() { return this } return f }', false],
    ['() => ({ m() { return this } })', false],
    ['() => class { x = this; static { this.y = 1 } }', false],
    ["() => 'this' // this", false],
    ['() => ({ this: 1 }).this', false],
    ['() => ({ this: this })', true],
  ])('of %s is %s', (text, uses) => {
    expect(usesOuterThis(text, 'expression')).toBe(uses);
  });

  it('sees it in a computed key of a class', () => {
    expect(usesOuterThis('class { [this.x]() {} }', 'class')).toBe(true);
  });
});

describe('usesOuterArguments()', () => {
  it.each([
    ['() => arguments[0]', true],
    ['() => { function f() { return arguments } return f }', false],
    ["() => 'arguments'", false],
  ])('of %s is %s', (text, uses) => {
    expect(usesOuterArguments(text)).toBe(uses);
  });
});

describe('usesSuper()', () => {
  it.each([
    ['m() { return super.m() }', true],
    ['get x() { return super.x }', true],
    ['async *[key(1)]() { yield super.x }', true],
    ['m(a = super.x) { return a }', true],
    ['m() { return () => super.m() }', true],
    ["m() { return 'super' }", false],
    ['m() { return class extends Object { constructor() { super() } } }', false],
    ['m() { return { n() { return super.n } } }', false],
  ])('of %s is %s', (text, uses) => {
    expect(usesSuper(text)).toBe(uses);
  });
});

describe('unusedWord()', () => {
  it('is of the given length, and not in the text', () => {
    const word = unusedWord('$0_________ $1_________', 11);
    expect(word).toHaveLength(11);
    expect('$0_________ $1_________').not.toContain(word);
  });
});
