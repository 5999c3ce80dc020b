// Start of a process -> its first message -> join: ours against CPython's multiprocessing and
// child_process.fork, interleaved in one run and all at the same pace; and the memory that a child has for itself.
//   --rounds N   default 5; PYTHON in the environment names another python3
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureMemory } from './start/memory.mjs';
import { printTable } from './table.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const local = (file) => fileURLToPath(new URL(file, import.meta.url));
const run = (program, args) => JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));

/** Between the end of one and the start of the next. Long enough to fork a spare, also beside other work. */
const PAUSE_MS = '50';

const ours = (method, spares) => (count) =>
  run(process.execPath, [local('./start/ours.mjs'), method, spares, count, PAUSE_MS]);
const python = (method) => (count) =>
  run(process.env.PYTHON ?? 'python3', [local('./python/start.py'), method, count, PAUSE_MS]);

// Each with the number of starts in a round.
const candidates = {
  fork: [20, ours('fork', 0)],
  'forkserver, spare ready': [20, ours('forkserver', 2)],
  'forkserver, no spare': [20, ours('forkserver', 0)],
  spawn: [4, ours('spawn', 0)],
  'CPython fork': [20, python('fork')],
  'CPython forkserver': [20, python('forkserver')],
  'CPython spawn': [4, python('spawn')],
  'child_process.fork': [
    4,
    (count) => run(process.execPath, [local('./start/ipc.mjs'), count, PAUSE_MS]),
  ],
};

/** Both are milliseconds from the call of start. */
const times = new Map(Object.keys(candidates).map((name) => [name, { message: [], join: [] }]));
for (let round = 0; round < rounds; round++) {
  for (const [name, [count, measure]] of Object.entries(candidates)) {
    try {
      for (const { message, join } of measure(String(count))) {
        times.get(name).message.push(message);
        times.get(name).join.push(join);
      }
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      times.delete(name);
      delete candidates[name];
      console.error(`${name}: skipped, there is no python3`);
    }
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const ms = (list) => (list.length === 0 ? '' : median(list).toFixed(2));
printTable(
  'start -> first message -> join',
  ['', 'first message, median ms', 'joined, median ms', 'min', 'max'],
  [...times].map(([name, { message, join }]) => [
    name,
    ms(message),
    ms(join),
    Math.min(...join).toFixed(2),
    Math.max(...join).toFixed(2),
  ]),
);

const ratios = [
  ['fork', 'CPython fork'],
  ['forkserver, spare ready', 'CPython forkserver'],
  ['forkserver, no spare', 'CPython forkserver'],
  ['forkserver, spare ready', 'child_process.fork'],
  ['forkserver, no spare', 'child_process.fork'],
  ['forkserver, spare ready', 'forkserver, no spare'],
  ['spawn', 'CPython spawn'],
  ['spawn', 'child_process.fork'],
].filter((pair) => pair.every((name) => times.has(name)));
const faster = (kind, [one, other]) =>
  `${(median(times.get(other)[kind]) / median(times.get(one)[kind])).toFixed(1)}x`;
printTable(
  'how much faster',
  ['', 'than', 'to the first message', 'to the join'],
  ratios.map((pair) => [...pair, faster('message', pair), faster('join', pair)]),
);

printTable(
  'memory of an idle child that no other process shares (USS)',
  ['', 'MB'],
  (await measureMemory()).map(([name, bytes]) => [name, (bytes / 1e6).toFixed(1)]),
);
