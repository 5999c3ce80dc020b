import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('the async context of a parent', (method) => {
  it('stays with the parent, and so do the resources that its hooks are told of', async () => {
    const { stdout, stderr } = await runFixtureOk('keep-async-context.mjs', { args: [method] });
    expect(JSON.parse(stdout)).toEqual({
      // None, also after a wait; its own; none again.
      stores: [undefined, undefined, 'of the child', undefined].map((store) => store ?? null),
      misplaced: [],
      hasId: true,
      ofParent: 'of the parent',
      exitCode: 0,
    });
    expect(stderr).toBe('');
  });
});
