import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

it('10,000 segments leave no descriptor, no mapping, no name and no memory behind', async () => {
  const { stdout } = await runFixtureOk('create-many-segments.mjs', {
    args: ['10000'],
    execArgv: ['--expose-gc'],
  });
  const { fds, mappings, names, megabytes } = JSON.parse(stdout);
  expect({ fds, names }).toEqual({ fds: 0, names: 0 });
  // Those of the engine come and go.
  expect(mappings).toBeLessThan(500);
  expect(megabytes).toBeLessThan(40);
});
