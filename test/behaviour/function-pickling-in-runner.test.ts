// Functions of code that a test runner has transformed: imports are members of wrappers there.
import fs from 'node:fs';
import * as os from 'node:os';
import path, { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { validateInteger } from '../../ts/validate.js';

// Programs without types, for this process as it is, not transformed.
const fixture = pathToFileURL(path.resolve(import.meta.dirname, '../fixtures/function-peer.mjs'));
const { Peer } = await import(/* @vite-ignore */ fixture.href);
const peer = new Peer();
afterAll(() => peer.close());

const offset = 10;
let shared = 0;

describe('functions of a test file', () => {
  it('travel with what they capture', async () => {
    expect(await peer.call((n: number) => n + offset, 1)).toBe(11);
  });

  it('find the modules of Node that they import', async () => {
    const call = () => [
      fs.existsSync('/nowhere'),
      path.basename('a/b'),
      basename('c/d'),
      typeof os.cpus(),
    ];
    expect(await peer.call(call)).toEqual([false, 'b', 'd', 'object']);
  });

  it('take of a module of the project what they use', async () => {
    const check = (value: unknown) => {
      try {
        return validateInteger('n', value);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await peer.call(check, 5)).toBe(5);
    expect(await peer.call(check, 'x')).toContain('Expected `n` to be an integer');
  });

  it('share variables', async () => {
    const run = ([inc, get]: (() => number)[]) => [inc!(), inc!(), get!()];
    expect(await peer.call(run, [() => ++shared, () => shared])).toEqual([1, 2, 2]);
  });

  it('come home as themselves', async () => {
    const f = () => offset;
    expect(await peer.call((g: unknown) => g, f)).toBe(f);
  });
});
