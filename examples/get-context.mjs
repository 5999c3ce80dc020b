// A context has the names of the package for one start method, whatever the program's is.
import { getContext } from 'node-multiprocessing';

async function greet(queue) {
  await queue.put('hello');
}

const { Process, Queue } = getContext('spawn');
const queue = new Queue();
const p = new Process({ target: greet, args: [queue] });
await p.start();
console.log(await queue.get()); // hello
await p.join();
