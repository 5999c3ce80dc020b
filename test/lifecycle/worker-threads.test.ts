import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

it('a worker_thread spawns processes, and is told why it cannot fork', async () => {
  const { stdout } = await runFixtureOk('start-in-worker.mjs');
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({ exitCode: 6, methods: ['spawn'], method: 'spawn' });
  expect(found.refusal).toMatch(/^ERR_MP_FORK_UNSUPPORTED: .*worker_thread.*spawn/);
});
