import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('Locks and events', (method) => {
  async function found(name: string) {
    const { stdout } = await runFixtureOk('lock-cases.mjs', { args: [method, name] });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }

  it('let one process in at a time, blocking or not', async () => {
    expect(await found('excludes')).toBe(2000);
  });

  it('let none of eight processes lose one of 20,000 increments', async () => {
    expect(await found('counts')).toEqual({ codes: [0], counted: 160_000 });
  });

  it('travel as arguments, in closures and in messages, both ways', async () => {
    expect(await found('travels')).toEqual({ seen: [true, true, true], exitCode: 0 });
  });

  it('reach grandchildren', async () => {
    expect(await found('toGrandchild')).toEqual({ set: true, exitCode: 0 });
  });

  it('live on in a message when the sender has closed them', async () => {
    expect(await found('forgottenByTheSender')).toEqual([true, false]);
  });

  it('live on in the arguments of a process', async () => {
    expect(await found('arguments')).toBe(7);
  });

  it('are released by any process', async () => {
    expect(await found('releasedByAnother')).toEqual([true, 0]);
  });

  it('hand over to and fro, blocking and not', async () => {
    expect(await found('waitsForEachOther')).toBe(0);
  });

  it('wake everybody who waits for an event', async () => {
    expect(await found('setForMany')).toEqual([5, 5, 5, 5]);
  });

  it('are taken from a holder that is killed, as their waiter learns at once', async () => {
    expect(await found('holderIsKilled')).toEqual({
      acquired: true,
      inTime: true,
      ownerDied: [false, true, false, false],
    });
  });

  it('are taken at the first try from one that was killed before', async () => {
    expect(await found('holderIsKilledBefore')).toEqual({ tried: true, ownerDied: true });
  });

  it('stay locked when their holder ends in an orderly way', async () => {
    expect(await found('holderEnds')).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ]);
  });

  it('leave nobody waiting for seconds, however greedy others are', async () => {
    const longest: Record<string, number> = await found('greedy');
    expect(Object.keys(longest)).toHaveLength(5);
    expect(Math.max(...Object.values(longest))).toBeLessThan(5000);
  });

  it('are handed on past a waiter that was killed', async () => {
    expect(await found('waiterIsKilled')).toEqual([true, false, true, false]);
  });

  it('cannot be used outside of their tree of processes', async () => {
    expect(await found('outsideOfTheTree')).toMatch(
      /PicklingError ERR_MP_PICKLING .*This Lock is not to be found: .* it belongs to another tree of processes/,
    );
  });
});
