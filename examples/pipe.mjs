// Two processes, connected by a pipe. Any value may go over it.
import { Pipe, Process } from 'node-multiprocessing';

async function answer(connection) {
  await connection.send([42, null, 'hello']);
  connection.close();
}

const [ours, theirs] = Pipe();
const p = new Process({ target: answer, args: [theirs] });
await p.start();
console.log(await ours.recv()); // [ 42, null, 'hello' ]
await p.join();
