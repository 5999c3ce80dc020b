import { beforeAll, describe, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

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

describeStartMethods('When somebody around a manager dies', (method) => {
  let outcomes: Record<string, string>;

  beforeAll(async () => {
    const { stdout } = await runFixtureOk('manager-deaths.mjs', { args: [method] });
    outcomes = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }, 60_000);

  it.each([
    ['clientWithProxies', 'what only a killed client had goes, what it has sent arrives'],
    ['clientWithLocks', 'locks of a killed client go to the next one'],
    ['server', 'calls of all clients fail, and its children end'],
    ['parent', 'the server of a killed program ends, as other programs learn'],
    ['terminatedServer', 'a server that is told to end does, with all that it has'],
    ['interruptedServer', 'Ctrl-C is not for the server'],
  ])('%s: %s', (name) => {
    expect(outcomes[name]).toBe('ok');
  });
});
