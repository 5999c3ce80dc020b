// The start method of the whole program is chosen once, before the first process.
import { Process, Queue, setStartMethod } from 'node-multiprocessing';

async function greet(queue) {
  await queue.put('hello');
}

setStartMethod('spawn');
const queue = new Queue();
const p = new Process({ target: greet, args: [queue] });
await p.start();
console.log(await queue.get()); // hello
await p.join();
