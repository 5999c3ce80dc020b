import { describe, expect, it } from 'vitest';
import { runFixture, runFixtureOk } from '../helpers/run-fixture.js';

async function found(name: string) {
  const { stdout } = await runFixtureOk('lock-lifecycle.mjs', { args: [name] });
  return JSON.parse(stdout);
}

describe('locks and events', () => {
  it('do not keep a process alive that waits for none', async () => {
    expect(await found('idle')).toBe('idle');
  });

  it('keep it alive while it does', async () => {
    expect(await found('waiting')).toBe(true);
  });

  it('give way to a signal when they block', async () => {
    expect(await found('signal')).toEqual(['InterruptedError', 'SIGUSR2']);
  });

  it('do not hinder a process from exiting while a thread of it blocks', async () => {
    const { code, stdout } = await runFixture('lock-lifecycle.mjs', {
      args: ['exitWhileWorkerBlocks'],
    });
    expect([code, stdout.trim()]).toEqual([3, '"leaving"']);
  });

  it('do not hinder a thread that blocks from being terminated', async () => {
    expect(await found('terminateWhileWorkerBlocks')).toBe(true);
  });

  it('are shared by worker_threads', async () => {
    expect(await found('workers')).toBe(4000);
  });

  it('are taken from a worker_thread that was terminated', async () => {
    expect(await found('workerIsTerminatedAsHolder')).toEqual([true, true]);
  });

  it('stay locked when a worker_thread ends that holds them', async () => {
    expect(await found('workerEndsAsHolder')).toEqual([false, true]);
  });

  it('are waited for by a forked child for itself only', async () => {
    expect(await found('forkWhileWaiting')).toEqual([true, 4]);
  });

  it('are there in a forked child, however soon the parent closes them', async () => {
    expect(await found('closedRightAfterTheFork')).toBe(true);
  });

  it('are not held by the forked child of a holder', async () => {
    expect(await found('holderForks')).toEqual([false, false]);
  });
});
