// A worker with nothing else to do may block while it waits: `recvSync` and `sendSync` need no
// event loop.
import { Pipe, Process } from 'node-multiprocessing';

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function work(connection) {
  for (;;) {
    const n = connection.recvSync();
    if (n === null) return;
    connection.sendSync({ n, result: fibonacci(n) });
  }
}

const [ours, theirs] = Pipe();
const p = new Process({ target: work, args: [theirs] });
await p.start();
theirs.close();
for (const n of [10, 15, 20]) {
  await ours.send(n);
  console.log(await ours.recv());
}
await ours.send(null);
await p.join();
