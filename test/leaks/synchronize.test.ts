import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

it.each([
  'Lock',
  'RLock',
  'Semaphore',
  'BoundedSemaphore',
  'Condition',
  'Event',
  'Barrier',
  'Queue',
  'SharedMemory',
  'Value',
  'Array',
  'Structure',
])('10,000 times a %s leave nothing behind', async (kind) => {
  const { stdout } = await runFixtureOk('open-and-close.mjs', {
    args: [kind, '10000'],
    execArgv: ['--expose-gc'],
  });
  const { objects, bytes, fds, mappings, megabytes } = JSON.parse(stdout);
  expect({ objects, bytes, fds }).toEqual({ objects: 0, bytes: 0, fds: 0 });
  // Those of the engine come and go.
  expect(mappings).toBeLessThan(500);
  expect(megabytes).toBeLessThan(40);
});
