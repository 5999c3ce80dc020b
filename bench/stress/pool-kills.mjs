// Many small tasks, while a worker that has worked is killed with SIGKILL every 50 ms. Each task counts in
// shared memory how often it has run. Exits with 1 when one was run twice, got lost, or came to anything
// but its result or a WorkerLostError.
//   --tasks N    default 20000, with --ci 200
//   --method M   default: one after the other
import { getContext, RawArray } from 'node-multiprocessing';
import { eachMethod, options } from './options.mjs';

const { tasks, method } = options({ tasks: ['20000', '200'], method: '' });
if (method === '') await eachMethod(import.meta.filename);

const WORKERS = 4;
const KILL_EVERY_MS = 50;
// Reached by a hang only.
const HANG_MS = 900_000;

const count = Number(tasks);
const pool = new (getContext(method).Pool)(WORKERS);
const runs = RawArray('int32', count);
const found = { right: 0, lost: 0, wrong: 0, killed: 0 };

// Those that never get ready would break the pool: it is right to be broken then.
const haveWorked = new Set();

function killOne() {
  const known = pool.pids.filter((pid) => haveWorked.has(pid));
  const pid = known[Math.floor(Math.random() * known.length)];
  if (pid === undefined) return;
  haveWorked.delete(pid);
  try {
    process.kill(pid, 'SIGKILL');
    found.killed++;
  } catch {
    // It has ended, and the pool has not been told yet.
  }
}

async function runOne(i) {
  try {
    const [result, pid] = await pool.apply(work, [i, runs]);
    haveWorked.add(pid);
    if (result === i * 3 && runs[i] === 1) found.right++;
    else found.wrong++;
  } catch (error) {
    if (error.code === 'ERR_MP_WORKER_LOST' && runs[i] <= 1) found.lost++;
    else found.wrong++;
  }
  // However fast they are.
  if (found.killed === 0 && found.right + found.lost >= count >> 1) killOne();
}

/** Some tenths of a millisecond. */
function work(i, runs) {
  runs[i]++;
  const end = performance.now() + 0.3;
  while (performance.now() < end);
  return [i * 3, process.pid];
}

const hang = setTimeout(() => {
  console.error('hangs', found);
  process.exit(1);
}, HANG_MS);
const killer = setInterval(killOne, KILL_EVERY_MS);
const begin = performance.now();
await Promise.all(Array.from({ length: count }, (_, i) => runOne(i)));
const seconds = Number(((performance.now() - begin) / 1000).toFixed(1));
clearInterval(killer);
await pool[Symbol.asyncDispose]();
clearTimeout(hang);
console.log(JSON.stringify({ method, all: found.right + found.lost, ...found, seconds }));
process.exit(found.wrong === 0 && found.right + found.lost === count ? 0 : 1);
