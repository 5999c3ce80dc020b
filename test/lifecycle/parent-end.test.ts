import { expect, it } from 'vitest';
import { isRunning, waitUntil } from '../helpers/processes.js';
import { startFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('the end of a parent', (method) => {
  async function start(way: string) {
    const fixture = startFixture('parent-ends.mjs', { args: [method, way] });
    const pids: { daemon: number; ordinary: number } = JSON.parse(await fixture.nextLine());
    return { ...fixture, pids };
  }

  const bothGone = (pids: { daemon: number; ordinary: number }) =>
    !isRunning(pids.daemon) && !isRunning(pids.ordinary);

  it.each([
    ['return', 0],
    ['exit', 4],
    ['throw', 1],
  ])('by %s terminates daemonic children and awaits the others', async (way, code) => {
    const { pids, ended } = await start(way);
    const result = await ended;
    expect(result.code).toBe(code);
    expect(result.stdout).toContain('ordinary child has ended\n');
    expect(result.stdout).toContain(`parent exits with ${code}\n`);
    // Both are children of a process that is gone, so they have been awaited.
    expect(bothGone(pids)).toBe(true);
  });

  it('by SIGKILL ends all children, also busy ones', async () => {
    const { pids, child, ended } = await start('killed');
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    await waitUntil(() => bothGone(pids), 'for the children of a killed parent to end');
  });
});
