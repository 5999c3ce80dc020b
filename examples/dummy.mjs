// The same names over worker_threads: nothing but the import is different.
import { dummy } from 'node-multiprocessing';

const { Pool, Process, Queue } = dummy;

async function f(queue) {
  await queue.put([dummy.currentProcess().name, process.pid]);
}

const queue = new Queue();
const p = new Process({ target: f, args: [queue], name: 'a thread' });
await p.start();
const [name, pid] = await queue.get();
console.log(name, 'of this process:', pid === process.pid);
console.log('it ended with', await p.join());

const pool = new Pool(2);
console.log(await pool.map((x) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
pool.close();
await pool.join();
