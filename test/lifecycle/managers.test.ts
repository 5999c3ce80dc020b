import { beforeAll, describe, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

describe('A server', () => {
  let outcomes: Record<string, string>;

  beforeAll(async () => {
    const { stdout } = await runFixtureOk('manager-attacks.mjs');
    outcomes = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }, 60_000);

  it.each([
    ['strangers', 'serves while others say nothing, or nonsense'],
    ['insiders', 'survives whatever those say who hold the key'],
    ['slow', 'serves those whose network is slow'],
    ['cut', 'loses clients whose network is cut, and they it, in time'],
  ])('%s: %s', (name) => {
    expect(outcomes[name]).toBe('ok');
  });
});
