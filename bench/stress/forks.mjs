// Starts process after process from a parent whose engine is at work; the children do what a careless
// fork breaks. Counts exit codes. Exits with 1 at the first wrong one, at a hang, or when anything is left
// behind or grows: descriptors, zombies, memory of the forkserver.
//   --forks N       default 500
//   --ci            60 forks
//   --method M      default fork
//   --only NAME     one workload; `nothing` ends at once
//   --at-once N     so many at a time; default 1
//   --kill-server   kills the forkserver every two seconds: processes may be lost, but none may hang
import { parseArgs } from 'node:util';
import { getContext } from 'node-multiprocessing';
import { findServer, openDescriptors, residentMb, undertakers, zombies } from './leftovers.mjs';
import { keepEngineBusy } from './parent-load.mjs';
import { nothing, workloads } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    forks: { type: 'string', default: '500' },
    ci: { type: 'boolean', default: false },
    method: { type: 'string', default: 'fork' },
    only: { type: 'string' },
    'at-once': { type: 'string', default: '1' },
    'kill-server': { type: 'boolean', default: false },
  },
});
const count = options.ci ? 60 : Number(options.forks);
const atOnce = Number(options['at-once']);
const names = options.only === undefined ? Object.keys(workloads) : [options.only];
// Reached by a hang only.
const HANG_MS = 60_000;
// What the forkserver has open changes with its spares, and its memory with the garbage in it.
const SPARE_DESCRIPTORS = 16;
const GARBAGE_MB = 25;

const { Process } = getContext(options.method);
const counts = { right: 0, lost: 0, wrong: 0 };

/** Because the forkserver was killed meanwhile. */
const isLoss = (exitCode) => options['kill-server'] && (exitCode === 255 || exitCode === -9);

/** One child; its exit code tells which workload has ended well. */
async function runOne(index) {
  const which = index % names.length;
  const work = { ...workloads, nothing }[names[which]];
  const expected = 10 + which;
  const child = new Process({
    target: async () => {
      await work();
      process.exitCode = expected;
    },
  });
  const complain = (what) => {
    counts.wrong++;
    console.error(`fork ${index} (${names[which]}): ${what}`);
  };
  try {
    await child.start();
  } catch (error) {
    if (options['kill-server'] && error.code === 'ERR_MP_PROCESS') counts.lost++;
    else complain(error.stack);
    return;
  }
  const exitCode = await child.join({ timeout: HANG_MS });
  if (exitCode === expected) counts.right++;
  else if (isLoss(exitCode)) counts.lost++;
  else complain(exitCode === null ? `pid ${child.pid} hangs` : `exit code ${exitCode}`);
  if (exitCode === null) {
    child.kill();
    await child.join();
  }
  child.close();
}

// Index 0 is run before all others: it loads what they use.
let next = 1;

async function runUntil(end) {
  const runSome = async () => {
    while (next < end) {
      const index = next++;
      await runOne(index);
      if (index % 100 === 0) console.log(`${index} of ${count}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runSome));
}

function look() {
  const server = options['kill-server'] ? undefined : findServer();
  return {
    descriptors: openDescriptors(process.pid),
    serverDescriptors: server === undefined ? 0 : openDescriptors(server),
    serverMb: server === undefined ? 0 : residentMb(server),
  };
}

await runOne(0);
const stopLoad = keepEngineBusy();
const killer = setInterval(() => {
  const server = findServer();
  if (options['kill-server'] && server !== undefined) process.kill(server, 'SIGKILL');
}, 2000);
const begin = performance.now();
// What grows at first is no leak.
await runUntil(Math.ceil(count / 4));
const early = look();
await runUntil(count);
const seconds = (performance.now() - begin) / 1000;
stopLoad();
clearInterval(killer);

const late = look();
// They free the memory of children that have ended, and are reaped in turns of the event loop.
while (undertakers().length > 0) await new Promise((resolve) => setImmediate(resolve));
const left = zombies();
console.log(
  `Node ${process.version}, ${options.method}, ${atOnce} at a time: ${counts.right} of ${count} right exit ` +
    `codes in ${seconds.toFixed(1)} s, ${counts.lost} lost, ${counts.wrong} wrong, ${left.length} zombies`,
);
console.log('after a quarter:', early, '\nat the end:', late);
const isClean =
  counts.wrong === 0 &&
  left.length === 0 &&
  late.descriptors <= early.descriptors + atOnce &&
  late.serverDescriptors <= early.serverDescriptors + SPARE_DESCRIPTORS + 3 * atOnce &&
  late.serverMb <= early.serverMb + GARBAGE_MB;
process.exit(isClean ? 0 : 1);
