// Pipe against CPython's Pipe and against child_process IPC, in one run: round trips, small values
// and 1 MiB buffers, both processes on one CPU and on two.
//   node bench/pipe.mjs [work...]
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const works = {
  'round-trip-value': { unit: 'us', lessIsBetter: true },
  'round-trip-bytes': { unit: 'us', lessIsBetter: true },
  value: { unit: 'messages/s' },
  mib: { unit: 'MB/s' },
};
const ROUNDS = 3;
const chosen = process.argv.slice(2);

const node = (transport) => (work) => [
  process.execPath,
  path.join(here, 'pipe-driver.mjs'),
  transport,
  work,
];
const subjects = {
  'CPython Pipe': (work) => ['python3', path.join(here, 'python', 'pipe.py'), work],
  'Pipe, async': node('async'),
  'Pipe, Sync': node('sync'),
  'IPC json': node('ipc-json'),
  'IPC advanced': node('ipc-advanced'),
};

function has(command) {
  return spawnSync(command, ['--version']).status === 0;
}

const skipped = [];
if (!has('python3')) {
  delete subjects['CPython Pipe'];
  skipped.push('CPython Pipe: there is no python3');
}
const placements = { 'as the system likes': [] };
if (has('taskset')) {
  placements['one CPU'] = ['taskset', '-c', '0'];
  if (cpus().length > 1) placements['two CPUs'] = ['taskset', '-c', '0,1'];
  delete placements['as the system likes'];
} else skipped.push('pinning: there is no taskset');

function measure(placement, command) {
  const [file, ...args] = [...placement, ...command];
  const { status, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.join(' ')} failed\n${stderr}`);
  return Number(stdout);
}

// Rounds are interleaved, so that a slow moment of the machine falls on all subjects alike.
function medians(work, placement) {
  const results = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [subject, command] of Object.entries(subjects)) {
      if (subject.startsWith('IPC') && work === 'round-trip-bytes') continue;
      const earlier = results.get(subject) ?? [];
      results.set(subject, [...earlier, measure(placement, command(work))]);
    }
  }
  for (const [subject, values] of results)
    results.set(subject, values.sort((a, b) => a - b)[(ROUNDS - 1) / 2]);
  return results;
}

for (const [work, { unit, lessIsBetter }] of Object.entries(works)) {
  if (chosen.length > 0 && !chosen.includes(work)) continue;
  for (const [where, placement] of Object.entries(placements)) {
    const results = medians(work, placement);
    const [base] = results.values();
    console.log(`\n${work}, ${where}`);
    console.table(
      [...results].map(([subject, result]) => ({
        what: subject,
        [unit]: Number(result.toPrecision(3)),
        'times as fast': Number((lessIsBetter ? base / result : result / base).toFixed(2)),
      })),
    );
  }
}
for (const reason of skipped) console.log(`skipped: ${reason}`);
