import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('many starts', (method) => {
  it('leave no descriptor and no zombie behind', async () => {
    const count = method === 'spawn' ? 15 : 80;
    const { stdout } = await runFixtureOk('start-many.mjs', { args: [method, String(count)] });
    // The forkserver is there as long as its client.
    const children = method === 'forkserver' ? [expect.stringContaining('multi')] : [];
    expect(JSON.parse(stdout)).toEqual({ right: count, atOnce: 8, fds: 0, children });
  });
});
