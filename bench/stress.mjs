// Forks again and again from a parent whose engine is at work, into children that do what a careless
// fork breaks; counts exit codes. Exits with 1 at the first wrong one, at a hang, or when anything is
// left behind.
//   --forks N       default 500
//   --ci            60 forks
//   --method M      default fork
//   --only NAME     one workload
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { getContext } from '../dist/index.js';
import { keepEngineBusy } from './stress/parent-load.mjs';
import { workloads } from './stress/workloads.mjs';

const { values: options } = parseArgs({
  options: {
    forks: { type: 'string', default: '500' },
    ci: { type: 'boolean', default: false },
    method: { type: 'string', default: 'fork' },
    only: { type: 'string' },
  },
});
const count = options.ci ? 60 : Number(options.forks);
const names = options.only === undefined ? Object.keys(workloads) : [options.only];
// Reached by a hang only.
const HANG_MS = 60_000;

const { Process } = getContext(options.method);
const openFds = () => readdirSync('/proc/self/fd').length;

function zombies() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' && Number(parent) === process.pid;
      } catch {
        return false;
      }
    });
}

/** One child; its exit code tells which workload has ended well. */
async function runOne(index) {
  const which = index % names.length;
  const work = workloads[names[which]];
  const expected = 10 + which;
  const child = new Process({
    target: async () => {
      await work();
      process.exitCode = expected;
    },
  });
  await child.start();
  const exitCode = await child.join({ timeout: HANG_MS });
  if (exitCode === null) {
    console.error(`fork ${index} (${names[which]}): pid ${child.pid} hangs`);
    child.kill();
    await child.join();
  } else if (exitCode !== expected) {
    console.error(`fork ${index} (${names[which]}): exit code ${exitCode}, expected ${expected}`);
  }
  child.close();
  return exitCode === expected;
}

// The first one loads what later ones use.
let right = (await runOne(0)) ? 1 : 0;
const fdsBefore = openFds();
const stop = keepEngineBusy();
const begin = performance.now();
for (let i = 1; i < count; i++) {
  if (await runOne(i)) right++;
  if (i % 100 === 0) console.log(`${i} of ${count}`);
}
const seconds = ((performance.now() - begin) / 1000).toFixed(1);
stop();

const leakedFds = openFds() - fdsBefore;
const left = zombies();
console.log(
  `Node ${process.version}, ${options.method}: ${right} of ${count} right exit codes in ${seconds} s, ` +
    `${leakedFds} leaked descriptors, ${left.length} zombies`,
);
process.exit(right === count && leakedFds <= 0 && left.length === 0 ? 0 : 1);
