// Tasks a second of pools of 2 workers: ours, CPython's and those of npm, interleaved in one run.
//   --rounds N   default 3; PYTHON in the environment names another python3
//   --svg FILE   also draws the figures
// The pools of npm are installed into bench/pool/peers the first time.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawBars } from './svg.mjs';
import { printTable } from './table.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, svg: { type: 'string' } },
});
const local = (file) => fileURLToPath(new URL(file, import.meta.url));
const WORKERS = '2';
const run = (program, args) => JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));

if (!existsSync(local('./pool/peers/node_modules'))) {
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], {
    cwd: local('./pool/peers'),
    stdio: 'inherit',
  });
}

const node = (name, tasks) => () =>
  run(process.execPath, [local('./pool/one.mjs'), name, WORKERS, tasks]);
const candidates = {
  'ours, processes': node('ours, processes', '50000'),
  'ours, threads': node('ours, threads', '50000'),
  'CPython Pool': () =>
    run(process.env.PYTHON ?? 'python3', [local('./python/pool.py'), WORKERS, '20000']),
  'child_process.fork, by hand': node('child_process.fork, by hand', '20000'),
  'tinypool, processes': node('tinypool, processes', '5000'),
  'workerpool, processes': node('workerpool, processes', '5000'),
  'poolifier, processes': node('poolifier, processes', '5000'),
  'jest-worker, processes': node('jest-worker, processes', '5000'),
  'piscina, threads': node('piscina, threads', '20000'),
};

const results = new Map(Object.keys(candidates).map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, measure] of Object.entries(candidates)) results.get(name).push(measure());
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const of = (name, key) => median(results.get(name).map((result) => result[key] ?? Number.NaN));
const number = (value) => (Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en'));
const ours = 'ours, processes';
const times = (key, name) => {
  const ratio = of(ours, key) / of(name, key);
  return Number.isNaN(ratio) || name === ours ? '' : `${ratio.toFixed(1)}x`;
};

printTable(
  `pools of ${WORKERS} workers, medians of ${values.rounds} runs`,
  [
    '',
    'tasks/s',
    'ours is',
    'fib(27)/s',
    'ours is',
    '100,000 ints, default chunks: items/s',
    'ours is',
  ],
  [...results.keys()].map((name) => [
    name,
    number(of(name, 'tasks')),
    times('tasks', name),
    number(of(name, 'fibs')),
    times('fibs', name),
    number(of(name, 'chunked')),
    times('chunked', name),
  ]),
);
if (values.svg !== undefined) {
  const bars = [...results.keys()].map((name) => ({ name, value: of(name, 'tasks') }));
  writeFileSync(values.svg, drawBars('Tasks a second, one message for each', bars));
}
