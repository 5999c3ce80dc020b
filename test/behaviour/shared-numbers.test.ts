import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('Shared values and arrays', (method) => {
  async function found(name: string) {
    const { stdout } = await runFixtureOk('shared-numbers.mjs', { args: [method, name] });
    return JSON.parse(stdout);
  }

  it('are changed by a child', async () => {
    expect(await found('documentation')).toEqual({
      num: 3.25,
      arr: [0, -1, -2, -3, -4, -5, -6, -7, -8, -9],
    });
  });

  it('travel in closures and messages, both ways', async () => {
    expect(await found('travels')).toEqual({
      captured: [0, 0.5, 0],
      value: '8',
      made: [42, 2],
      same: true,
      exitCode: 0,
    });
  });

  it('may be structures, and arrays of these, whose classes travel along', async () => {
    expect(await found('structures')).toEqual({
      captured: [0, 5],
      at: { x: 1, y: 2 },
      trail: [
        { x: 0, y: 0 },
        { x: 0, y: 7 },
      ],
      name: 'moon',
      isHeld: true,
      held: true,
      // A copy of the whole process has a class of its own.
      made: [4, 0, method !== 'fork'],
      point: [{ x: 5, y: 6 }, true],
      grid: [
        [1, 2],
        [9, 4],
      ],
      exitCode: 0,
    });
  });

  it('reach grandchildren', async () => {
    expect(await found('reachGrandchildren')).toEqual({
      code: 0,
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 2 },
      ],
      text: 'grün',
    });
  });

  it('are exact under Atomics, though the engine did not allocate them', async () => {
    const sum = 80_000;
    expect(await found('atomics')).toEqual({
      sums: [(sum << 24) >> 24, sum & 0xffff, sum, sum, sum, sum].map((n) => [0, 0, n, 0]),
      swaps: sum,
    });
  });

  it('count without and with a lock', async () => {
    expect(await found('counts')).toEqual({ total: 20_000, exact: 10_000, locked: 2000 });
  });

  it('may share a lock', async () => {
    expect(await found('sharesALock')).toEqual({
      atOnce: false,
      before: 1,
      after: 9,
      isLock: true,
    });
  });
});
