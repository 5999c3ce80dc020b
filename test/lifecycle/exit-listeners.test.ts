import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

/** Twice: the first time the listener finds something more to do. */
const idle = (code: number) => Array(2).fill(`beforeExit of the child: ${code}`);

describeStartMethods('the end of a child', (method) => {
  it.each([
    ['return', 0, [...idle(0), 'exit of the child: 0']],
    ['exitCode', 5, [...idle(5), 'exit of the child: 5']],
    ['listener', 7, [...idle(0), 'exit of the child: 0']],
    ['exit', 3, ['exit of the child: 3']],
    ['exit later', 6, ['exit of the child: 6']],
    ['throw', 1, ['exit of the child: 1']],
  ])('by %s is told to its own listeners, and to none of its parent', async (way, code, told) => {
    const { stdout } = await runFixtureOk('listen-for-exit.mjs', { args: [method, way] });
    expect(stdout.trimEnd().split('\n')).toEqual([
      ...told,
      `exit code ${code}`,
      'beforeExit of the parent in parent',
      'exit of the parent in parent: 0',
    ]);
  });
});
