import path from 'node:path';
import { expect, it } from 'vitest';
import { isRunning, waitUntil } from '../helpers/processes.js';
import { runFixtureOk, startFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

const killing = path.resolve(import.meta.dirname, '../../bench/stress/pool-kills.mjs');

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

  it('runs each task once, or tells that it was lost, while workers are killed', async () => {
    // Most of the time goes into starting workers.
    const tasks = method === 'spawn' ? 200 : 2000;
    const args = ['--tasks', String(tasks), '--method', method];
    const { stdout } = await runFixtureOk(killing, { args });
    const { all, wrong, killed } = JSON.parse(stdout);
    expect({ all, wrong }).toEqual({ all: tasks, wrong: 0 });
    expect(killed).toBeGreaterThan(0);
  });
});
