import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('Between processes', (method) => {
  async function found(name: string) {
    const { stdout } = await runFixtureOk('synchronize-cases.mjs', { args: [method, name] });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }

  it('a semaphore lets in as many as it may', async () => {
    expect(await found('semaphore')).toEqual({ codes: [0, 0, 0, 0], value: 2, tooMany: 0 });
  });

  it('an RLock is its holder’s, as often as that acquires it', async () => {
    expect(await found('recursive')).toEqual({
      tried: false,
      refused: 'ERR_MP_INVALID_STATE',
      code: 4,
      free: true,
    });
  });

  it.runIf(method === 'fork')('an RLock is not held by the copy of its holder', async () => {
    expect(await found('forkedHolder')).toBe(4);
  });

  it('a condition wakes one, or all', async () => {
    expect(await found('conditions')).toEqual({ afterOne: 1, codes: [4, 4, 4, 4] });
  });

  it('a producer and a consumer wait for each other', async () => {
    expect(await found('producerAndConsumer')).toEqual([0, 0, 1]);
  });

  it('notify() and set() return although those who waited were killed', async () => {
    expect(await found('waitersOfAConditionAreKilled')).toBe(0);
  });

  it('a condition is taken from a holder that was killed', async () => {
    expect(await found('holderOfAConditionIsKilled')).toBe(true);
  });

  it('a barrier lets all go on when all have come', async () => {
    expect(await found('barrier')).toEqual([4, 4, 4, 4]);
  });

  it('a barrier breaks when who runs its action is killed', async () => {
    expect(await found('barrierBreaks')).toEqual([4, 4, -9]);
  });
});
