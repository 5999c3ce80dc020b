import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('children that the program has by other means', (method) => {
  it('keep their exit codes, and SIGCHLD its listeners, while ours end with them', async () => {
    const { stdout } = await runFixtureOk('beside-other-children.mjs', { args: [method] });
    expect(JSON.parse(stdout)).toEqual({
      theirs: [10, 11, 12, 13, 14],
      ours: [20, 21, 22, 23, 24],
      sync: 30,
      output: '31',
      last: 40,
      after: 41,
      signals: true,
    });
  });
});
