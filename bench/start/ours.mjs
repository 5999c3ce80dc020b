// METHOD SPARES COUNT PAUSE: milliseconds of each start of a process to its first message, and to the end of
// its join, as JSON.
import { setTimeout } from 'node:timers/promises';
import { getContext, Pipe, setForkserverSpares } from '../../dist/index.js';

const [, , method, spares, count, pause] = process.argv;
const { Process } = getContext(method);
setForkserverSpares(Number(spares));

/** As CPython's, a function of the module. */
const work = (writer) => writer.send(1);

async function startOne() {
  const begin = performance.now();
  const [reader, writer] = Pipe({ duplex: false });
  const child = new Process({ target: work, args: [writer] });
  await child.start();
  await reader.recv();
  const message = performance.now() - begin;
  await child.join();
  const join = performance.now() - begin;
  for (const owner of [reader, writer, child]) owner.close();
  return { message, join };
}

await startOne();
const times = [];
for (let i = 0; i < Number(count); i++) {
  await setTimeout(Number(pause));
  times.push(await startOne());
}
console.log(JSON.stringify(times));
