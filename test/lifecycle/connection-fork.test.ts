import { describe, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

describe('a forked child', () => {
  it('uses connections that it inherited, at the same time as its parent', async () => {
    const { stdout } = await runFixtureOk('talk-across-fork.mjs');
    expect(stdout.trim().split('\n').sort()).toEqual([
      'child got one',
      'child got two',
      'exit code 0',
      'parent got from the child',
      'parent got {"c":51,"p":51}',
      'poll true',
    ]);
  });
});
