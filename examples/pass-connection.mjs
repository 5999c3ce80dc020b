// A connection may itself be sent over a connection: two processes that are already running get a
// line of their own, and their messages no longer pass through the parent.
import { Pipe, Process } from 'node-multiprocessing';

async function ping(parent) {
  const line = await parent.recv();
  for (let count = 1; count <= 3; count++) {
    await line.send(`ping ${count}`);
    await parent.send(await line.recv());
  }
  line.close();
}

async function pong(parent) {
  const line = await parent.recv();
  for await (const message of line) await line.send(message.replace('ping', 'pong'));
  await parent.send('the other one has hung up');
}

async function run(target) {
  const [ours, theirs] = Pipe();
  const process = new Process({ target, args: [theirs] });
  await process.start();
  theirs.close();
  return { process, connection: ours };
}

const [pinger, ponger] = [await run(ping), await run(pong)];
const [a, b] = Pipe();
await pinger.connection.send(a);
await ponger.connection.send(b);
// The two have copies. A line is closed when all copies of an end are.
a.close();
b.close();

for await (const message of pinger.connection) console.log(message);
console.log(await ponger.connection.recv());
await Promise.all([pinger.process.join(), ponger.process.join()]);
