/** Producers and consumers that are killed at any moment: at most the one item that each had in hand is lost. */
import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

const STORM_MS = Number(process.env['MP_TEST_STORM_MS'] ?? 3000);

it.each([
  ['with a limit', '100'],
  ['without a limit', '0'],
])('a queue %s survives a storm of kills', async (_what, maxsize) => {
  const { stdout } = await runFixtureOk('queue-storm.mjs', { args: [String(STORM_MS), maxsize] });
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
