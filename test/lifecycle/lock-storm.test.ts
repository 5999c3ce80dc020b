import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

/** Longer where there is time. */
const STORM_MS = process.env['MP_TEST_STORM_MS'] ?? '3000';

describeStartMethods('A lock', (method) => {
  it('never has two holders, nor none for long, while its users are killed', async () => {
    const { stdout } = await runFixtureOk('lock-storm.mjs', { args: [method, STORM_MS] });
    const { acquired, problems, kills, longest } = JSON.parse(stdout);
    expect({ acquired, problems }).toEqual({ acquired: true, problems: [] });
    expect(kills).toBeGreaterThan(10);
    // A second for a death to be noticed, and some for the machine.
    expect(longest).toBeLessThan(5000);
  });
});
