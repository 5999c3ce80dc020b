// Ten processes print one after the other: a lock keeps their lines whole.
import { Lock, Process } from 'node-multiprocessing';

async function print(lock, i) {
  await lock.with(() => console.log('hello world', i));
}

const lock = new Lock();
const processes = Array.from(
  { length: 10 },
  (_, i) => new Process({ target: print, args: [lock, i] }),
);
for (const process of processes) await process.start();
for (const process of processes) await process.join();
