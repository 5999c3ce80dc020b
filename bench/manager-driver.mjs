// What a manager does in a second: awaited|pipelined CLIENTS. Prints a number.
import { Manager, Process } from 'node-multiprocessing';

const [, , mode, clients = '1'] = process.argv;
const MS = 1000;
const BATCH = 1000;

async function fill(d, barrier, results, index, isPipelined, forMs, batch) {
  await barrier.wait();
  const deadline = performance.now() + forMs;
  let count = 0;
  while (performance.now() < deadline) {
    if (isPipelined) {
      await Promise.all(Array.from({ length: batch }, () => d.set(index, count++)));
    } else {
      await d.set(index, count++);
    }
  }
  await results.set(index, count);
}

const manager = await Manager();
const [d, results] = [await manager.dict(), await manager.dict()];
const barrier = await manager.Barrier(Number(clients));
const children = [];
for (let i = 0; i < Number(clients); i++) {
  const args = [d, barrier, results, i, mode === 'pipelined', MS, BATCH];
  const child = new Process({ target: fill, args });
  await child.start();
  children.push(child);
}
for (const child of children) await child.join();
let sum = 0;
for (const count of await results.values()) sum += count;
console.log(sum / (MS / 1000));
await manager.shutdown();
