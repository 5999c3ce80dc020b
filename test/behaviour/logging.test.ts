import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

const chooseStartMethod = path.resolve(import.meta.dirname, '../fixtures/choose-start-method.mjs');

/** The lines on stderr, temporary names and numbers left out. */
async function logged(name: string, method = 'forkserver'): Promise<string[]> {
  const { stderr } = await runFixture('log-events.mjs', {
    args: [name],
    execArgv: ['--import', chooseStartMethod],
    env: { EXAMPLE_START_METHOD: method },
  });
  return stderr
    .replaceAll(/handle \d+|worker \d+/g, (text) => text.replace(/\d+/, 'N'))
    .replaceAll(/"?\/[\w/.-]*mp-\w{6}(\/listener)?"?/g, 'PATH')
    .split('\n')
    .slice(0, -1);
}

describeStartMethods('what is logged', (method) => {
  it('of a process is what Python logs', async () => {
    expect(await logged('process', method)).toEqual([
      '[WARNING/MainProcess] doomed',
      '[INFO/Process-1] child process calling self.run()',
      '[INFO/Process-1] process shutting down',
      '[INFO/Process-1] process exiting with exitcode 0',
      '[INFO/MainProcess] process shutting down',
    ]);
  });

  it('is of the level of the parent, also in grandchildren', async () => {
    expect(await logged('levelIsInherited', method)).toEqual([
      '[WARNING/outer] heard by outer',
      '[WARNING/inner] heard by inner',
    ]);
  });

  it('without a handler is what is at least a warning, as it is', async () => {
    expect(await logged('withoutAHandler', method)).toEqual(['as it is']);
  });

  it('is nothing when nobody has asked for it', async () => {
    expect(await logged('nobodyAsked', method)).toEqual([]);
  });

  it('tells the exit code', async () => {
    expect((await logged('exitCodes', method)).filter((line) => line.includes('exiting'))).toEqual([
      '[INFO/Process-1] process exiting with exitcode 7',
      '[INFO/Process-2] process exiting with exitcode 8',
    ]);
  });

  it('tells what becomes of children when the program ends', async () => {
    const lines = await logged('leftBehind', method);
    expect(lines.filter((line) => line.includes('MainProcess'))).toEqual([
      '[INFO/MainProcess] process shutting down',
      '[INFO/MainProcess] calling terminate() for daemon daemon',
      '[INFO/MainProcess] calling join() for process daemon',
      '[INFO/MainProcess] calling join() for process worker',
    ]);
  });
});

describe('what is logged', () => {
  it('of a pool is what it does, in either process', async () => {
    const lines = await logged('pool');
    for (const line of [
      '[DEBUG/MainProcess] added worker',
      '[DEBUG/MainProcess] closing pool',
      '[DEBUG/MainProcess] joining pool',
      '[DEBUG/MainProcess] cleaning up worker N',
    ])
      expect(lines).toContain(line);
    const worker = lines.filter((line) => line.includes('PoolWorker-1]'));
    expect(worker.filter((line) => !line.includes('created'))).toEqual([
      expect.stringMatching(/\[INFO\/.*\] child process calling self.run\(\)$/),
      expect.stringMatching(/\[DEBUG\/.*\] worker got sentinel -- exiting$/),
      expect.stringMatching(/\[DEBUG\/.*\] worker exiting after 2 tasks$/),
      expect.stringMatching(/\[INFO\/.*\] process shutting down$/),
      expect.stringMatching(/\[INFO\/.*\] process exiting with exitcode 0$/),
    ]);
  });

  it('of objects is where they are, and of listeners who was refused', async () => {
    expect(await logged('objects')).toEqual([
      '[DEBUG/MainProcess] created Lock with handle N',
      '[INFO/MainProcess] created temp directory PATH',
      '[SUBDEBUG/MainProcess] listener created with address=PATH',
      '[SUBWARNING/MainProcess] a handshake failed: AuthenticationError: The other side does not hold the same authkey',
      '[SUBDEBUG/MainProcess] closing listener with address=PATH',
      '[INFO/MainProcess] process shutting down',
    ]);
  });

  it('goes to the handlers of the parent in a forked child', async () => {
    expect(await logged('forkInheritsHandlers')).toEqual([
      'ForkProcess-1: child process calling self.run()',
      'ForkProcess-1: process shutting down',
      'ForkProcess-1: process exiting with exitcode 0',
      'MainProcess: process shutting down',
    ]);
  });
});
