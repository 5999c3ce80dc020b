// METHOD SPARES COUNT: milliseconds of each start of a process -> its first message -> join, as JSON.
// A spare child is given time to be made, as in a program that does something between two starts.
import { setTimeout } from 'node:timers/promises';
import { getContext, Pipe, setForkserverSpares } from '../../dist/index.js';

const [, , method, spares, count] = process.argv;
const { Process } = getContext(method);
setForkserverSpares(Number(spares));

/** Milliseconds until the first message, and until the end of the join. */
async function startOne() {
  const begin = performance.now();
  const [reader, writer] = Pipe({ duplex: false });
  const child = new Process({ target: (w) => w.send(1), args: [writer] });
  await child.start();
  await reader.recv();
  const message = performance.now() - begin;
  await child.join();
  const join = performance.now() - begin;
  for (const owner of [reader, writer, child]) owner.close();
  return { message, join };
}

for (let i = 0; i < 3; i++) await startOne();
const times = [];
for (let i = 0; i < Number(count); i++) {
  await setTimeout(spares === '0' ? 0 : 40);
  times.push(await startOne());
}
console.log(JSON.stringify(times));
