import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

const MUCH = 1 << 20;

describeStartMethods('the output of a child', (method) => {
  it.each([
    ['return', 0],
    ['exit', 3],
    ['throw', 1],
    ['throw later', 1],
    ['SIGTERM', -15],
    ['SIGKILL', -9],
  ])('is complete although it ends by %s right after writing', async (way, exitCode) => {
    const { stdout, stderr } = await runFixtureOk('print-much-and-exit.mjs', {
      args: [method, way],
    });
    expect(stdout).toBe(`${'o'.repeat(MUCH)}${exitCode}\n`);
    expect(stderr.slice(0, MUCH)).toBe('e'.repeat(MUCH));
    const report = stderr.slice(MUCH);
    if (exitCode === 1) expect(report).toMatch(/^Process .*:\nError: after much output\n/);
    else expect(report).toBe('');
  });
});
