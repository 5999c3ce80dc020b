// A dict and a list that live in a process of their own, and that others change through proxies.
import { Manager, Process } from 'node-multiprocessing';

async function f(d, l) {
  await d.set(1, '1');
  await d.set('2', 2);
  await d.set(0.25, null);
  await l.reverse();
}

const manager = await Manager();
const d = await manager.dict();
const l = await manager.list([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

const p = new Process({ target: f, args: [d, l] });
await p.start();
await p.join();

console.log(await d.copy());
console.log((await l.copy()).join(' '));
await manager.shutdown();
