import { expect, it } from 'vitest';
import { isRunning, waitUntil } from '../helpers/processes.js';
import { startFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('A pool in the midst of work', (method) => {
  async function start(...args: string[]) {
    const fixture = startFixture('pool-interrupted.mjs', {
      args: [method, ...args],
      leadsGroup: true,
    });
    const pids: number[] = JSON.parse(await fixture.nextLine());
    return { fixture, pids };
  }

  it('ends of Ctrl-C without a word, and leaves no worker', async () => {
    const { fixture, pids } = await start();
    process.kill(-fixture.child.pid!, 'SIGINT');
    const { signal, stderr } = await fixture.ended;
    expect({ signal, stderr }).toEqual({ signal: 'SIGINT', stderr: '' });
    await waitUntil(() => !pids.some(isRunning), 'the end of the workers');
  });

  it('goes on after Ctrl-C where its process heeds that', async () => {
    const { fixture, pids } = await start('listen');
    process.kill(-fixture.child.pid!, 'SIGINT');
    const { code, stdout, stderr } = await fixture.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('[1,2,3]');
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('ends with its process that is killed', async () => {
    const { fixture, pids } = await start();
    fixture.child.kill('SIGKILL');
    await fixture.ended;
    await waitUntil(() => !pids.some(isRunning), 'the end of the workers');
  });
});
