// How fast code runs in a child that was forked, compared with the same code in a process that was
// exec'd: V8's helper threads, which collect garbage and compile, have to come along. Medians in turn.
//   --rounds N   default 7
import { parseArgs } from 'node:util';
import { getContext, Pipe } from '../dist/index.js';
import { printTable } from './table.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });

/** Lives and dies in the young generation, with some that stays. */
function allocate() {
  const kept = [];
  let sum = 0;
  for (let i = 0; i < 6_000_000; i++) {
    const item = { i, text: `item ${i & 1023}`, list: [i, i + 1] };
    if ((i & 63) === 0) kept[(i >> 6) & 0xffff] = item;
    sum += item.list.length;
  }
  return sum + kept.length;
}

/** New functions all the time, each hot for a moment: bytecode, baseline and optimised code. */
function optimise() {
  let sum = 0;
  for (let n = 0; n < 150; n++) {
    const step = new Function('a', 'b', `return (a * ${n + 1} + b) % ${n + 7};`);
    const run = new Function(
      'step',
      `let s = ${n}; for (let i = 0; i < 60000; i++) s = step(s, i); return s;`,
    );
    sum += run(step);
  }
  return sum;
}

async function timeIn(method, work) {
  const { Process } = getContext(method);
  const [reader, writer] = Pipe({ duplex: false });
  const target = async (end, run) => {
    const begin = performance.now();
    run();
    await end.send(performance.now() - begin);
  };
  const child = new Process({ target, args: [writer, work] });
  await child.start();
  const ms = await reader.recv();
  await child.join();
  for (const owner of [reader, writer, child]) owner.close();
  return ms;
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const methods = ['spawn', 'forkserver', 'fork'];
const rows = [];
for (const work of [allocate, optimise]) {
  const times = Object.fromEntries(methods.map((method) => [method, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const method of methods) times[method].push(await timeIn(method, work));
  }
  const base = median(times.spawn);
  for (const method of methods) {
    const ms = median(times[method]);
    rows.push([work.name, method, ms.toFixed(0), (base / ms).toFixed(2)]);
  }
}
printTable(
  `speed of code in a child, Node ${process.version}`,
  ['work', 'start method', 'median ms', "of an exec'd process"],
  rows,
);
