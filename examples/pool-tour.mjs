// What a pool can do: the tour of Python's documentation.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, TimeoutError } from 'node-multiprocessing';

const f = (x) => x * x;
const getpid = () => process.pid;
const range = Array.from({ length: 10 }, (_, i) => i);

const pool = new Pool(4);
console.log(await pool.map(f, range));

// In the order in which they are done.
const squares = [];
for await (const square of pool.imapUnordered(f, range)) squares.push(square);
console.log(squares.sort((a, b) => a - b).join(' '));

// One call, in one process.
const one = pool.applyAsync(f, [20]);
console.log(await one.get({ timeout: 30_000 }));

const worker = pool.applyAsync(getpid);
console.log('a worker:', await worker.get({ timeout: 30_000 }));

// Several calls, in several processes, perhaps.
const several = range.slice(0, 4).map(() => pool.applyAsync(getpid));
console.log(
  'workers:',
  await Promise.all(several.map((result) => result.get({ timeout: 30_000 }))),
);

// A worker that sleeps for ten seconds.
const asleep = pool.applyAsync(sleep, [10_000]);
try {
  await asleep.get({ timeout: 100 });
} catch (error) {
  if (!(error instanceof TimeoutError)) throw error;
  console.log('We lacked patience and got a TimeoutError');
}
console.log('For the moment, the pool remains available for more work:', await pool.apply(f, [5]));

// Not close(), which would await the sleeper.
pool.terminate();
await pool.join();
console.log('Now the pool is closed and no longer available');
await asleep.get().catch((error) => console.log('The sleeper:', error.name));
