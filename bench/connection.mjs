// Listener and Client against CPython's, in one run, over AF_UNIX and TCP with an authkey: round trips, 1 MiB
// buffers, and connecting itself, handshake included.
//   node bench/connection.mjs [work...]
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const here = import.meta.dirname;
const works = {
  'round-trip-value': { unit: 'us', lessIsBetter: true },
  'round-trip-bytes': { unit: 'us', lessIsBetter: true },
  mib: { unit: 'MB/s' },
  connect: { unit: 'us', lessIsBetter: true },
};
const families = ['AF_UNIX', 'AF_INET'];
const ROUNDS = 3;
const chosen = process.argv.slice(2);

const node = (style) => (work, family) => [
  process.execPath,
  path.join(here, 'connection-driver.mjs'),
  style,
  work,
  family,
];
const subjects = {
  CPython: (work, family) => ['python3', path.join(here, 'python', 'connection.py'), work, family],
  'here, async': node('async'),
  'here, Sync': node('sync'),
};
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) delete subjects.CPython;

function measure([file, ...args]) {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed\n${stderr}`);
  return Number(stdout);
}

// Rounds are interleaved, so that a slow moment of the machine falls on all subjects alike.
function medians(work, family) {
  const results = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [subject, command] of Object.entries(subjects)) {
      // To connect is a promise.
      if (work === 'connect' && subject.endsWith('Sync')) continue;
      const earlier = results.get(subject) ?? [];
      results.set(subject, [...earlier, measure(command(work, family))]);
    }
  }
  for (const [subject, values] of results)
    results.set(subject, values.sort((a, b) => a - b)[(ROUNDS - 1) / 2]);
  return results;
}

for (const [work, { unit, lessIsBetter }] of Object.entries(works)) {
  if (chosen.length > 0 && !chosen.includes(work)) continue;
  for (const family of families) {
    const results = medians(work, family);
    const [base] = results.values();
    console.log(`\n${work}, ${family}`);
    console.table(
      [...results].map(([subject, result]) => ({
        what: subject,
        [unit]: Number(result.toPrecision(3)),
        'times as fast': Number((lessIsBetter ? base / result : result / base).toFixed(2)),
      })),
    );
  }
}
if (!hasPython) console.log('skipped: CPython: there is no python3');
