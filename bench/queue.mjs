// What one process puts and another gets, per second: our queues, CPython's, and the IPC channel of child_process.
//   node bench/queue.mjs [value] [mib]
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { printTable } from './table.mjs';

const here = import.meta.dirname;
const works = { value: 'items { id, s } per second', mib: 'buffers of 1 MiB, MB/s' };
const ROUNDS = 3;
const python = process.env.PYTHON ?? 'python3';
const chosen = process.argv.slice(2);

const node = (transport) => (work) => [
  process.execPath,
  path.join(here, 'queue-driver.mjs'),
  transport,
  work,
];
const cpython = (name) => (work) => [
  python,
  path.join(here, 'python', 'queue_speed.py'),
  name,
  work,
];
const subjects = {
  'CPython Queue': cpython('Queue'),
  'CPython SimpleQueue': cpython('SimpleQueue'),
  'CPython Pipe': cpython('Pipe'),
  'IPC json': node('ipc-json'),
  'IPC advanced': node('ipc-advanced'),
  'Queue, async': node('async'),
  'Queue, Sync': node('sync'),
};

if (spawnSync(python, ['--version']).status !== 0) {
  for (const subject of Object.keys(subjects)) {
    if (subject.startsWith('CPython')) delete subjects[subject];
  }
  console.log('skipped: CPython, for there is no python3');
}

function measure([file, ...args]) {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[file, ...args].join(' ')} failed\n${stderr}`);
  return Number(stdout);
}

// Rounds are interleaved, so that a slow moment of the machine falls on all subjects alike.
function medians(work) {
  const results = new Map(Object.keys(subjects).map((subject) => [subject, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [subject, values] of results) values.push(measure(subjects[subject](work)));
  }
  return [...results].map(([subject, values]) => [
    subject,
    values.sort((a, b) => a - b)[(ROUNDS - 1) / 2],
  ]);
}

const shown = (ratio) => ratio.toPrecision(2);

for (const [work, unit] of Object.entries(works)) {
  if (chosen.length > 0 && !chosen.includes(work)) continue;
  const results = medians(work);
  const best = Math.max(...results.filter(([name]) => name.startsWith('Queue')).map(([, n]) => n));
  printTable(
    work,
    ['', unit, 'our best is so many times as fast'],
    results.map(([subject, result]) => [subject, Math.round(result), shown(best / result)]),
  );
}
