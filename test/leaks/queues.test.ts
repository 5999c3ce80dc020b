import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

it('queues take no more memory with time, and none when they are closed', async () => {
  const { stdout } = await runFixtureOk('queue-leaks.mjs', { args: ['200000'] });
  const { objects, bytes } = JSON.parse(stdout);
  // A segment more or less may be in use.
  expect(Math.abs(objects[0])).toBeLessThanOrEqual(1);
  expect(Math.abs(bytes[0])).toBeLessThanOrEqual(70_000);
  expect([objects[1], bytes[1]]).toEqual([0, 0]);
});
