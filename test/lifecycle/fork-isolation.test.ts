import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

interface Answer {
  random: number[];
  uuid: string;
  int: number;
  bytes: string;
  store: unknown;
  pid: number;
}

it('a live server forks 50 children without a failed request, and none runs anything of it', async () => {
  const { stdout } = await runFixtureOk('fork-beside-a-live-server.mjs');
  const found = JSON.parse(stdout);
  expect(found.failures).toEqual([]);
  expect(found.requests).toBeGreaterThan(100);
  expect(found.exitCodes).toEqual(Array(50).fill(17));
  expect(found.left).toEqual([]);

  const answers: Answer[] = found.answers;
  const distinct = (values: unknown[]) => new Set(values).size;
  expect(distinct(answers.map(({ pid }) => pid))).toBe(50);
  expect(distinct(answers.flatMap(({ random }) => random))).toBe(100);
  expect(distinct(answers.map(({ uuid }) => uuid))).toBe(50);
  expect(distinct(answers.map(({ int }) => int))).toBe(50);
  expect(distinct(answers.map(({ bytes }) => bytes))).toBe(50);
  expect(answers.map(({ store }) => store)).toEqual(Array(50).fill(undefined));
});
