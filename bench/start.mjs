// Start of a process -> its first message -> join: ours against CPython's multiprocessing and
// child_process.fork, interleaved in one run.
//   --rounds N   default 5
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { getContext, Pipe } from '../dist/index.js';
import { printTable } from './table.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const local = (file) => fileURLToPath(new URL(file, import.meta.url));

async function ours(method) {
  const { Process } = getContext(method);
  const begin = performance.now();
  const [reader, writer] = Pipe({ duplex: false });
  const child = new Process({ target: (w) => w.send(1), args: [writer] });
  await child.start();
  await reader.recv();
  await child.join();
  const ms = performance.now() - begin;
  for (const owner of [reader, writer, child]) owner.close();
  return ms;
}

async function childProcessFork() {
  const begin = performance.now();
  const child = fork(local('./start/ipc-child.cjs'));
  await Promise.all([once(child, 'message'), once(child, 'exit')]);
  return performance.now() - begin;
}

const repeat = async (count, run) => {
  const times = [];
  for (let i = 0; i < count; i++) times.push(await run());
  return times;
};

const python = (method) => (count) =>
  JSON.parse(execFileSync('python3', [local('./python/start.py'), method, String(count)]));

const candidates = {
  fork: [20, (count) => repeat(count, () => ours('fork'))],
  spawn: [4, (count) => repeat(count, () => ours('spawn'))],
  'CPython fork': [20, python('fork')],
  'CPython spawn': [4, python('spawn')],
  'child_process.fork': [4, (count) => repeat(count, childProcessFork)],
};

const times = new Map(Object.keys(candidates).map((name) => [name, []]));
for (const method of ['fork', 'spawn']) await ours(method);
for (let round = 0; round < rounds; round++) {
  for (const [name, [count, run]] of Object.entries(candidates)) {
    try {
      times.get(name).push(...(await run(count)));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      times.delete(name);
      delete candidates[name];
      console.error(`${name}: skipped, there is no python3`);
    }
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const rows = [...times].map(([name, list]) => ({
  name,
  median: median(list),
  min: Math.min(...list),
  max: Math.max(...list),
}));
const of = (name) => rows.find((row) => row.name === name)?.median;
const ratio = (row, base) =>
  of(base) === undefined ? '' : `${(row.median / of(base)).toFixed(1)}x`;
printTable(
  'start -> first message -> join',
  ['', 'median ms', 'min', 'max', 'of our fork', 'of our spawn'],
  rows.map((row) => [
    row.name,
    row.median.toFixed(2),
    row.min.toFixed(2),
    row.max.toFixed(2),
    ratio(row, 'fork'),
    ratio(row, 'spawn'),
  ]),
);
