import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  builtinPath,
  builtinRoot,
  followBuiltin,
} from '../../../../ts/serialization/functions/builtins.js';
import { realGlobal } from '../../../../ts/serialization/functions/inspector-session.js';

let resolver!: Function;
new Promise((resolve) => {
  resolver = resolve;
});
const AsyncFunction = (async () => {}).constructor;

describe('builtinPath()', () => {
  it.each<[string, object]>([
    ['a function of a namespace', Math.max],
    ['a method', Map.prototype.get],
    ['a method of Array', Array.prototype.map],
    ['the accessor of a property', Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!],
    ['a constructor', Uint8Array],
    ['a constructor without a name', AsyncFunction],
    ['the constructor behind all typed arrays', Object.getPrototypeOf(Int8Array)],
    ['a function of a module', fs.readFileSync],
    ['a class of a module', EventEmitter],
    ['a function of process', process.nextTick],
    ['an error class', RangeError],
  ])('leads back to %s', (_name, value) => {
    const path = builtinPath(value);
    expect(path).toBeDefined();
    expect(followBuiltin(path!)).toBe(value);
  });

  it.each<[string, object]>([
    ['a function of the user', () => 1],
    ['a resolver of a promise', resolver],
    ['the arguments of the program', process.argv],
    ['the environment', process.env],
  ])('knows no way to %s', (_name, value) => {
    expect(builtinPath(value)).toBeUndefined();
  });

  it('knows no global that the user made', () => {
    const mine = () => 1;
    realGlobal['mineForBuiltins'] = mine;
    try {
      expect(builtinPath(mine)).toBeUndefined();
    } finally {
      delete realGlobal['mineForBuiltins'];
    }
  });
});

describe('builtinRoot()', () => {
  it('knows what a module or global is itself', () => {
    expect(builtinRoot(Math)).toEqual(['Math']);
    expect(builtinRoot(fs)).toEqual(['node:fs']);
    expect(builtinRoot(process.stdout)).toEqual(['process', 'stdout']);
    expect(builtinRoot({ fd: 1 })).toBeUndefined();
  });
});

describe('followBuiltin()', () => {
  it('is undefined where this Node has no such thing', () => {
    expect(followBuiltin(['node:fs', 'noSuchFunction', 'x'])).toBeUndefined();
    expect(followBuiltin(['noSuchGlobal'])).toBeUndefined();
  });
});
