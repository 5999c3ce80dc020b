import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('the output of a child', (method) => {
  it('is complete although it exits right after writing', async () => {
    const { stdout, stderr } = await runFixtureOk('print-much-and-exit.mjs', { args: [method] });
    expect(stdout.length).toBe(1 << 20);
    expect(stderr.length).toBe(1 << 20);
  });
});
