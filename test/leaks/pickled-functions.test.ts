import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

it('pickling keeps no function, class or captured object alive', async () => {
  const { stdout } = await runFixtureOk('pickle-and-drop.mjs', { execArgv: ['--expose-gc'] });
  expect(stdout).toBe('0 350\n');
});
