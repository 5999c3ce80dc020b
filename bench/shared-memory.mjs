// SharedMemory and ShareableList against CPython's, interleaved in one run; and the first segment of a
// program, which starts the resource tracker.
//   --rounds N   default 5; PYTHON in the environment names another python3
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { printTable } from './table.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const ROUND_MS = 200;
const local = (file) => fileURLToPath(new URL(file, import.meta.url));
const python = process.env.PYTHON ?? 'python3';

const works = [
  ['create, close, unlink: 4 KiB', 'create', 4 << 10],
  ['create, close, unlink: 1 MiB', 'create', 1 << 20],
  ['create, fill, close, unlink: 1 MiB', 'createAndFill', 1 << 20],
  ['attach, close: 4 KiB', 'attach', 4 << 10],
  ['attach, close: 64 MiB', 'attach', 64 << 20],
  ['ShareableList: get an integer', 'get', 0],
  ['ShareableList: set an integer', 'set', 0],
];
const subjects = {
  ours: [process.execPath, local('./shared-memory/ours.mjs')],
  CPython: [python, local('./python/shared_memory.py')],
};
if (spawnSync(python, ['--version']).status !== 0) {
  delete subjects.CPython;
  console.log('CPython: skipped, there is no python3');
}

function measure([file, program], work, size) {
  const args = [program, work, String(size), String(ROUND_MS)];
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

function row([title, work, size]) {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      times[name].push(measure(subject, work, size));
    }
  }
  const medians = Object.values(times).map(median);
  const faster = medians.length > 1 ? `${(medians[1] / medians[0]).toFixed(1)}x` : '';
  return [title, ...medians.map((us) => us.toPrecision(3)), faster];
}

printTable(
  'shared memory, median us',
  ['', ...Object.keys(subjects), 'how much faster'],
  works.map(row),
);

const first = `
  import { SharedMemory } from ${JSON.stringify(local('../dist/index.js'))};
  const create = (track) => {
    const begin = performance.now();
    const shm = new SharedMemory({ create: true, size: 4096, track });
    shm.unlink();
    return performance.now() - begin;
  };
  create(false);
  console.log(create(true));`;

const starts = Array.from({ length: 7 }, () =>
  Number(
    spawnSync(process.execPath, ['--input-type=module', '-e', first], { encoding: 'utf8' }).stdout,
  ),
);
console.log(
  `\nthe first that is tracked, with the start of the tracker: ${median(starts).toFixed(1)} ms`,
);
