import { expect, it } from 'vitest';
import { mergeScripts } from '../../../../ts/serialization/functions/merge-coverage.js';

type Ranges = [start: number, end: number, count: number][];

const fn = (functionName: string, ranges: Ranges, isBlockCoverage = true) => ({
  functionName,
  isBlockCoverage,
  ranges: ranges.map(([startOffset, endOffset, count]) => ({ startOffset, endOffset, count })),
});

const script = (url: string, ...functions: ReturnType<typeof fn>[]) => ({
  scriptId: '1',
  url,
  functions,
});

it('gathers the functions of a file in one place, in their order', () => {
  const a = fn('a', [[0, 10, 1]]);
  const b = fn('b', [[20, 30, 2]]);
  const c = fn('c', [[40, 50, 0]]);
  expect(mergeScripts([script('x', a), script('y', c), script('x', b)])).toEqual([
    script('x', a, b),
    script('y', c),
  ]);
});

it('adds up what is told of a function twice, part by part', () => {
  const first = fn('f', [
    [0, 100, 3],
    [10, 50, 1],
    [20, 30, 0],
  ]);
  const second = fn('f', [
    [0, 100, 1],
    [40, 60, 0],
  ]);
  expect(mergeScripts([script('x', first), script('x', second)])).toEqual([
    script(
      'x',
      fn('f', [
        [0, 100, 4],
        [10, 20, 2],
        [20, 30, 1],
        [30, 40, 2],
        [40, 50, 1],
        [50, 60, 3],
      ]),
    ),
  ]);
});

it('takes the parts from where they are known', () => {
  const never = fn('f', [[0, 100, 0]], false);
  const run = fn('f', [
    [0, 100, 2],
    [10, 20, 0],
  ]);
  expect(mergeScripts([script('x', never), script('x', run)])).toEqual([script('x', run)]);
});

it('tells functions apart by name and place', () => {
  const functions = [fn('f', [[0, 9, 1]]), fn('g', [[0, 9, 1]]), fn('f', [[0, 8, 1]])];
  expect(mergeScripts(functions.map((one) => script('x', one)))).toEqual([
    script('x', ...functions),
  ]);
});

it('leaves code without a file alone', () => {
  const scripts = [
    { ...script('', fn('f', [[0, 9, 1]])), scriptId: '1' },
    { ...script('', fn('f', [[0, 9, 1]])), scriptId: '2' },
  ];
  expect(mergeScripts(scripts)).toEqual(scripts);
});
