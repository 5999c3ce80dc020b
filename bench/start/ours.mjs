// METHOD SPARES COUNT: milliseconds of each start of a process to its first message, and to the end of
// its join, as JSON. Where there are spares, one is given the time to get ready between two starts.
import { setTimeout } from 'node:timers/promises';
import { getContext, Pipe, setForkserverSpares } from '../../dist/index.js';

const [, , method, spares, count] = process.argv;
const { Process } = getContext(method);
setForkserverSpares(Number(spares));

/** Long enough for a fork, also beside other work. */
const PAUSE_MS = 100;

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
  if (spares !== '0') await setTimeout(PAUSE_MS);
  times.push(await startOne());
}
console.log(JSON.stringify(times));
