import type { RunnerTestSuite } from 'vitest';
import { describe, expect, it } from 'vitest';
import { getAllStartMethods } from '../../../ts/index.js';
import type { StartMethod } from '../../../ts/process/this-process.js';
import { describeStartMethods, whyUnsupported } from '../../helpers/start-methods.js';

describe('describeStartMethods', () => {
  const seen: string[] = [];

  describeStartMethods('both', (method) => {
    it('runs', () => {
      seen.push(method);
    });
  });

  describeStartMethods(
    'one',
    () => {
      it('runs', ({ task }) => {
        seen.push(task.suite!.name);
      });
    },
    (method) => (method === 'fork' ? 'no such luck' : undefined),
  );

  it('runs the tests for every start method that is supported', () => {
    expect(seen).toEqual(['forkserver', 'fork', 'spawn', 'one (forkserver)', 'one (spawn)']);
  });

  it('shows the others as skipped, with the reason', ({ task }) => {
    const suites = task.suite!.tasks.filter(({ type }) => type === 'suite') as RunnerTestSuite[];
    expect(suites.map(({ name, mode }) => [name, mode])).toEqual([
      ['both (forkserver)', 'run'],
      ['both (fork)', 'run'],
      ['both (spawn)', 'run'],
      ['one (forkserver)', 'run'],
      ['one (fork, skipped: no such luck)', 'skip'],
      ['one (spawn)', 'run'],
    ]);
    expect(suites[4]!.tasks.map(({ mode }) => mode)).toEqual(['skip']);
  });
});

it('knows which start methods there are as the library does', () => {
  const supported = ['forkserver', 'fork', 'spawn'].filter(
    (m) => !whyUnsupported(m as StartMethod),
  );
  expect(supported.toSorted()).toEqual(getAllStartMethods().toSorted());
});
