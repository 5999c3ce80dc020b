// A queue that a child fills. The other start methods are one call, or one context, away.
import { Process, Queue } from 'node-multiprocessing';

async function f(queue) {
  await queue.put([42, null, 'hello']);
}

const queue = new Queue();
const p = new Process({ target: f, args: [queue] });
await p.start();
console.log(await queue.get()); // [ 42, null, 'hello' ]
await p.join();
