import { expect, it } from 'vitest';
import { isRunning, waitUntil } from '../helpers/processes.js';
import { startFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('Ctrl-C, which reaches the whole process group,', (method) => {
  async function interrupt(...args: string[]) {
    const fixture = startFixture('be-interrupted.mjs', {
      args: [method, ...args],
      leadsGroup: true,
    });
    const pids: number[] = JSON.parse(await fixture.nextLine());
    process.kill(-fixture.child.pid!, 'SIGINT');
    return { pids, fixture, ...(await fixture.ended) };
  }

  it('ends a parent that does not listen, and all its children with it', async () => {
    const { pids, signal } = await interrupt();
    expect(signal).toBe('SIGINT');
    // Also those that do not care for Ctrl-C.
    await waitUntil(() => !pids.some(isRunning), 'the end of the children');
  });

  it('leaves it to a parent that listens what becomes of it, and of its children', async () => {
    const { pids, code, stdout, stderr } = await interrupt('listen');
    expect(code).toBe(9);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toEqual({
      idle: [-2, -2],
      busy: [-2, -2],
      deaf: [4, 4],
      graceful: [3, 3],
    });
    expect(pids.filter(isRunning)).toEqual([]);
    expect(stderr).toBe('');
  });
});
