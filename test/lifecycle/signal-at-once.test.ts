import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('a signal right after start()', (method) => {
  it('ends the child, and is not taken for one to its parent, which listens', async () => {
    const { stdout } = await runFixtureOk('signal-at-once.mjs', { args: [method] });
    expect(JSON.parse(stdout)).toEqual({ exitCodes: [-15, -2, -9, -15, -2, -9], heard: 0 });
  });
});
