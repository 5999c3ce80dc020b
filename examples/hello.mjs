// A function runs in another process.
import { Process } from 'node-multiprocessing';

function greet(name) {
  console.log('hello', name);
}

const p = new Process({ target: greet, args: ['bob'] });
await p.start();
await p.join();
