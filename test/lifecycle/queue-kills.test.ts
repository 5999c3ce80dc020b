/** Producers and consumers that are killed at any moment: at most the one item that each had in hand is lost. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

const STORM_MS = process.env['MP_TEST_STORM_MS'] ?? '2000';
const program = path.resolve(import.meta.dirname, '../../bench/stress/queue-kills.mjs');

describeStartMethods('A queue in a storm of kills', (method) => {
  it.each([
    ['with a limit', '100'],
    ['without a limit', '0'],
  ])('%s loses no more than what a consumer had in hand', async (_what, maxsize) => {
    const args = ['--ms', STORM_MS, '--maxsize', maxsize, '--method', method];
    const { stdout } = await runFixtureOk(program, { args });
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      twice: 0,
      disordered: 0,
      torn: false,
      sizeIsRight: true,
      leaked: 0,
    });
    expect(found.lost).toBeLessThanOrEqual(found.killed.consumer);
    expect(found.got).toBeGreaterThan(100);
  });
});
