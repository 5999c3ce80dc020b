import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('many starts', (method) => {
  it('leave no descriptor and no zombie behind', async () => {
    const count = method === 'fork' ? 200 : 15;
    const { stdout } = await runFixtureOk('start-many.mjs', { args: [method, String(count)] });
    expect(JSON.parse(stdout)).toEqual({ right: count, atOnce: 8, fds: 0, children: '' });
  });
});
