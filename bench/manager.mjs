// `dict.set` of a manager, per second: ours and CPython's.
//   node bench/manager.mjs
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { printTable } from './table.mjs';

const here = import.meta.dirname;
const ROUNDS = 3;
const CROWD = '8';
const python = process.env.PYTHON ?? 'python3';
const cpython = (clients) => [python, path.join(here, 'python', 'manager.py'), 'awaited', clients];
const ours = (mode, clients) => [
  process.execPath,
  path.join(here, 'manager-driver.mjs'),
  mode,
  clients,
];

const subjects = {
  'CPython, 1 client': cpython('1'),
  [`CPython, ${CROWD} clients`]: cpython(CROWD),
  'ours, 1 client, each awaited': ours('awaited', '1'),
  'ours, 1 client, pipelined': ours('pipelined', '1'),
  [`ours, ${CROWD} clients, each awaited`]: ours('awaited', CROWD),
  [`ours, ${CROWD} clients, pipelined`]: ours('pipelined', CROWD),
};

const hasPython = spawnSync(python, ['--version']).status === 0;
if (!hasPython) console.log('skipped: CPython, for there is no python3');

function measure([file, ...args]) {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[file, ...args].join(' ')} failed\n${stderr}`);
  return Number(stdout);
}

// Rounds are interleaved, so that a slow moment of the machine falls on all subjects alike.
const names = Object.keys(subjects).filter((name) => hasPython || !name.startsWith('CPython'));
const results = new Map(names.map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, values] of results) values.push(measure(subjects[name]));
}
const median = (name) => results.get(name)?.sort((a, b) => a - b)[(ROUNDS - 1) / 2];
const base = (name) =>
  median(name.includes('8 clients') ? 'CPython, 8 clients' : 'CPython, 1 client');
printTable(
  'Managers',
  ['manager', 'dict.set per second', 'to CPython'],
  names.map((name) => [
    name,
    Math.round(median(name)).toLocaleString('en'),
    base(name) === undefined ? '-' : `${(median(name) / base(name)).toPrecision(2)}x`,
  ]),
);
