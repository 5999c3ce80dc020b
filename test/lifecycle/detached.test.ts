import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { isRunning, sessionOf, waitUntil } from '../helpers/processes.js';
import { type FixtureOptions, startFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('a detached child', (method) => {
  const survivors: number[] = [];

  afterEach(async () => {
    for (const pid of survivors.splice(0)) {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
      await waitUntil(() => !isRunning(pid), 'for a detached child to end');
    }
  });

  async function start(way: string, options?: FixtureOptions) {
    const fixture = startFixture('detached-child.mjs', { args: [method, way], ...options });
    // Its output stays open for as long as the child lives.
    const exited = once(fixture.child, 'exit');
    const pids: { child: number; others: number[] } = JSON.parse(await fixture.nextLine());
    survivors.push(pids.child);
    return { ...fixture, exited, pids };
  }

  it.each([
    ['return', 0, null],
    ['exit', 4, null],
    ['throw', 1, null],
    ['killed', null, 'SIGKILL'],
    ['at once', null, 'SIGKILL'],
  ])('outlives its parent that ends by: %s', async (way, code, signal) => {
    const { child, exited, pids, nextLine } = await start(way);
    if (way === 'killed') child.kill('SIGKILL');
    expect(await exited).toEqual([code, signal]);
    if (way !== 'at once') process.kill(pids.child, 'SIGUSR2');
    // It has children of its own, by a forkserver of its own.
    expect(await nextLine()).toBe('survived, as has exit code 4');
    expect(sessionOf(pids.child)).toBe(pids.child);
    await waitUntil(() => !pids.others.some(isRunning), 'for the forkserver of the parent to end');
    expect(isRunning(pids.child)).toBe(true);
  });

  it('is joined as any other while its parent lives', async () => {
    const { nextLine, ended } = await start('joins');
    expect(await nextLine()).toBe('6');
    expect((await ended).code).toBe(0);
  });
});
