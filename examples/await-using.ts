// Leaving a block closes connections, and joins and closes processes, whatever happens in it.
// TypeScript, for `npx tsx examples/await-using.ts`; plain JavaScript has `using` from Node 24 on.
import { type Connection, Pipe, Process } from 'node-multiprocessing';

async function double(connection: Connection, others: Connection): Promise<void> {
  // A forked child has a copy of both ends. The loop below ends when nobody has the other one.
  others.close();
  for await (const value of connection) await connection.send(Number(value) * 2);
}

async function main(): Promise<void> {
  const [ours, theirs] = Pipe();
  await using doubler = new Process({ target: double, args: [theirs, ours] });
  using connection = ours;
  await doubler.start();
  theirs.close();
  for (const value of [1, 20, 300]) {
    await connection.send(value);
    console.log(await connection.recv<number>());
  }
  // Now the connection is closed, which ends the child's loop, and then the process is joined.
}

await main();
console.log('done');
