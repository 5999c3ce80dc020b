// What a manager does in a second, once it has run for a while: awaited|pipelined CLIENTS. Prints a number.
import { Manager, Process } from 'node-multiprocessing';

const [, , mode, clients = '1'] = process.argv;
const WARM_UP_MS = 2000;
const MS = 2000;
const BATCH = 1000;

async function fill(d, index, isPipelined, batch, ms) {
  const deadline = performance.now() + ms;
  let count = 0;
  while (performance.now() < deadline) {
    if (isPipelined) {
      await Promise.all(Array.from({ length: batch }, () => d.set(index, count++)));
    } else {
      await d.set(index, count++);
    }
  }
  return count;
}

async function measure(d, barrier, results, index, isPipelined, batch, phases) {
  for (const ms of phases) {
    await barrier.wait();
    await results.set(index, await fill(d, index, isPipelined, batch, ms));
  }
}

const manager = await Manager();
const [d, results] = [await manager.dict(), await manager.dict()];
const barrier = await manager.Barrier(Number(clients));
const children = [];
for (let i = 0; i < Number(clients); i++) {
  const args = [d, barrier, results, i, mode === 'pipelined', BATCH, [WARM_UP_MS, MS]];
  const child = new Process({ target: measure, args });
  await child.start();
  children.push(child);
}
for (const child of children) await child.join();
let sum = 0;
for (const count of await results.values()) sum += count;
console.log(sum / (MS / 1000));
await manager.shutdown();
