// Locks, events, shared values and arrays: ours against CPython's multiprocessing, interleaved in one run.
//   --rounds N   default 5; PYTHON in the environment names another python3
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatTime } from './measure.mjs';
import { printTable } from './table.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const local = (file) => fileURLToPath(new URL(file, import.meta.url));
const run = (program, ...args) => Number(execFileSync(program, args, { encoding: 'utf8' }));
const ours = (what, count) => run(process.execPath, local('./synchronize/ours.mjs'), what, count);
const python = (what, count) =>
  run(process.env.PYTHON ?? 'python3', local('./python/synchronize.py'), what, count);

// What is compared with what, and how often it is done.
const tasks = [
  ['lock pair, blocking', 'pair', 'pair', 1_000_000],
  ['lock pair, awaited', 'async pair', 'pair', 500_000],
  ['increment under a lock, two processes', 'increments', 'increments', 500_000],
  ['add to an element of an Array', 'element', 'element', 1_000_000],
  ['add to an element of a RawArray', 'raw element', 'raw element', 1_000_000],
  ['add to a field of a structure', 'field', 'field', 1_000_000],
  ['Event round trip, blocking', 'events', 'events', 2000],
  ['Event round trip, awaited', 'async events', 'events', 2000],
];

const times = tasks.map(() => ({ ours: [], python: [] }));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [i, [, what, itsWhat, count]] of tasks.entries()) {
    times[i].ours.push(ours(what, String(count)));
    times[i].python.push(python(itsWhat, String(count)));
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const range = (list) => `${formatTime(Math.min(...list))}..${formatTime(Math.max(...list))}`;
printTable(
  'locks, events, shared values and arrays',
  ['', 'ours, median', 'range', 'CPython, median', 'range', 'how much faster'],
  tasks.map(([name], i) => {
    const { ours, python } = times[i];
    const ratio = `${(median(python) / median(ours)).toFixed(1)}x`;
    return [
      name,
      formatTime(median(ours)),
      range(ours),
      formatTime(median(python)),
      range(python),
      ratio,
    ];
  }),
);
