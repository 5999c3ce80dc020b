import { describe, expect, it } from 'vitest';
import { MainText, partsOfText } from '../../../../ts/serialization/functions/main-text.js';

const MODULE = `#!/usr/bin/env node
import fs, { readFileSync as read } from 'node:fs';
import * as missing from './is-never-loaded.mjs';
export function work() { function inner() {} }
export const run = async () => import.meta.url, other = 1;
export default class {}
{ let inBlock = 1; var hoisted; }
const { a, b: [c] } = await missing;
export { run as renamed };
// const inComment = "const inString = 1";`;

const COMMON = `'use strict';
const fs = require('node:fs');
function work() { if (fs) { var inIf; } return function inner() {}; }
class Box {}
exports.work = work;
if (!fs) return;
let last`;

describe.each([
  [
    'an ES module',
    new MainText(MODULE, true),
    ['fs', 'read', 'missing', 'work', 'run', 'other', 'hoisted', 'a', 'c'],
    ['inner', 'inBlock', 'b', 'renamed', 'inComment', 'inString', 'default', 'readFileSync'],
  ],
  [
    'a CommonJS module',
    new MainText(COMMON, false),
    ['fs', 'work', 'Box', 'last', 'exports'],
    ['inIf', 'inner', 'global', 'console'],
  ],
])('MainText of %s', (_title, text, names, others) => {
  it('declares its top-level names', () => {
    expect(names.filter((name) => !text.declares(name))).toEqual([]);
  });

  it('declares no other names', () => {
    expect(others.filter((name) => text.declares(name))).toEqual([]);
  });
});

describe('isDeclaredAt()', () => {
  it('knows a declaration from a use and from an inner namesake', () => {
    const source = 'const f = (f) => f;\nf(f);\nfunction g() { const f = 1; }';
    const text = new MainText(source, true);
    const places = [...source.matchAll(/\bf\b/g)].map(({ index }) => index);
    expect(places.map((at) => text.isDeclaredAt('f', at))).toEqual([
      true,
      ...Array(places.length - 1).fill(false),
    ]);
    expect(text.isDeclaredAt('g', source.indexOf('g()'))).toBe(true);
  });

  it('is false where the text does not compile', () => {
    const text = new MainText('const f = 1; const f = 2;', true);
    expect(text.isDeclaredAt('f', 6)).toBe(false);
    expect(new MainText('const = 1', true).declares('f')).toBe(false);
  });
});

describe('a CommonJS module in the wrapper of tsx', () => {
  const source = `__filename="/a \\"b\\".cts";(()=>{\nfunction work(){(()=>{})()}\n})()\n//# sourceMappingURL=data:x`;

  it('has its names in the middle part', () => {
    const [head, body, tail] = partsOfText(source);
    expect(head + body + tail).toBe(source);
    expect(body).toBe('\nfunction work(){(()=>{})()}\n');
  });

  it('declares them as if there were none, in their places', () => {
    const text = new MainText(source, false);
    expect(text.isWrapped).toBe(true);
    expect(text.declares('work')).toBe(true);
    expect(text.offsetOf({ text: 'function work', line: 1, column: 0 })).toBe(
      source.indexOf('function'),
    );
    expect(text.offsetOf({ text: 'function work', line: 1, column: 1 })).toBe(-1);
    expect(text.offsetOf({ text: 'function work', line: 9, column: 0 })).toBe(-1);
  });
});
