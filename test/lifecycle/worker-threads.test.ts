import { expect, it } from 'vitest';
import { isRunning, waitUntil } from '../helpers/processes.js';
import { runFixtureOk, startFixture } from '../helpers/run-fixture.js';

it('a worker_thread starts processes, and is told why it cannot fork', async () => {
  const { stdout } = await runFixtureOk('start-in-worker.mjs');
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    exitCode: 6,
    methods: ['forkserver', 'spawn'],
    method: 'forkserver',
  });
  expect(found.refusal).toMatch(/^ERR_MP_FORK_UNSUPPORTED: .*worker_thread.*forkserver/);
});

it('a process outlives the worker_thread that started it, but not the process of that', async () => {
  const fixture = startFixture('outlive-worker-thread.mjs');
  const pid = Number(await fixture.nextLine());
  process.kill(pid, 'SIGUSR2');
  expect(await fixture.nextLine()).toBe('still here');
  fixture.child.kill('SIGKILL');
  expect((await fixture.ended).signal).toBe('SIGKILL');
  await waitUntil(() => !isRunning(pid), 'for the child of a killed process to end');
});
