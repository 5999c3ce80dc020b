/** What waits for ever in Python, or loses work: here it ends, and says how. */
import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('What hangs in Python', (method) => {
  async function found(name: string) {
    const { stdout } = await runFixtureOk('python-hangs.mjs', { args: [method, name] });
    return JSON.parse(stdout);
  }

  it('a worker is killed in the midst of a task: that one rejects within a second, the others finish', async () => {
    expect(await found('workerIsKilled')).toEqual({
      code: 'ERR_MP_WORKER_LOST',
      signal: 'SIGKILL',
      exitCode: -9,
      isThatOne: true,
      inTime: true,
      done: 50,
      size: 2,
    });
  });

  it('one who waits in get() is killed: others still get', async () => {
    expect(await found('getterIsKilled')).toEqual({
      got: 'for the living',
      again: 'again',
      exitCode: 0,
    });
  });

  it('an initializer throws: the pool fails with its error after three processes', async () => {
    expect(await found('initializerThrows')).toEqual({
      code: 'ERR_MP_BROKEN_POOL',
      cause: 'no licence',
      starts: 3,
    });
  });

  it('a result or an error cannot be loaded: it rejects, and the pool lives', async () => {
    expect(await found('resultCannotBeLoaded')).toEqual([
      'before',
      'ERR_MP_PICKLING',
      'ERR_MP_PICKLING',
      'after',
    ]);
  });

  it('a child ends with 20 MB unread in a queue, while its parent joins it', async () => {
    expect(await found('childEndsWithUnreadItems')).toEqual({
      exitCode: 0,
      first: 10 << 20,
      rest: 10_000_000,
    });
  });

  it('a pool is terminated with results pending: they reject', async () => {
    expect(await found('terminated')).toEqual(Array(4).fill('ERR_MP_TERMINATED'));
  });

  it('a task takes too long, or is not wanted any more: its worker is replaced', async () => {
    expect(await found('taskIsLimited')).toEqual(['ERR_MP_TIMEOUT', 'AbortError', 'alive']);
  });

  it('a pool is not closed: the program ends all the same', async () => {
    expect(await found('poolIsForgotten')).toEqual([1, 2]);
  });
});
