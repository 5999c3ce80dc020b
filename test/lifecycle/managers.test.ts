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
    ['strangersByTls', 'serves while others say nothing by TLS, or nonsense'],
    ['descriptors', 'survives that it has no descriptors left'],
    ['descriptorsByTls', 'survives that it has no descriptors left for TLS'],
    ['unread', 'ends while one does not read what it has sent'],
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

const moments: Record<string, string> = {
  context: 'is started by the method of its context',
  shutdownWhileStarting: 'shuts down what it was about to start',
  useWhileStarting: 'is used as soon as it has started',
  connectTwice: 'connects once',
  failedStart: 'says why it did not start, and may be started again',
  shutdownElsewhere: 'is not shut down by a child of its process',
  sentWithoutFunctions: 'takes no code anywhere when it is to take none',
  copyOfNothing: 'connects when it is used, and tries again',
  disposed: 'disposes of objects that nothing refers to any more',
  registration: 'is not given methods that it has already',
  wrongArguments: 'rejects wrong arguments, and does not throw',
  usedWhileForking: 'serves a child and its parent at once, over and over',
};

describeStartMethods('A manager', (method) => {
  let outcomes: Record<string, string>;

  beforeAll(async () => {
    const { stdout } = await runFixtureOk('manager-lifecycle.mjs', {
      args: [method],
      deadlockAfterMs: 110_000,
    });
    outcomes = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }, 120_000);

  it('every case is run', () => {
    expect(Object.keys(outcomes).sort()).toEqual(Object.keys(moments).sort());
  });

  it.each(Object.entries(moments))('%s: %s', (name) => {
    expect(outcomes[name]).toBe('ok');
  });
});
