// How fast code runs in a child that was forked, compared with the same code in a process that was
// exec'd: V8's helper threads, which collect garbage and compile, have to come along. Medians in turn.
// A child shares its parent's memory and makes each page its own at the first write, which costs it some
// 10 to 60 ms in all, however long it runs. So each work is done four times, and the first time is told apart.
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

const TIMES = 4;

/** How long the first of the runs took, and all of them. */
async function timeIn(method, work) {
  const { Process } = getContext(method);
  const [reader, writer] = Pipe({ duplex: false });
  const target = async (end, run) => {
    const begin = performance.now();
    run();
    const first = performance.now() - begin;
    for (let i = 1; i < TIMES; i++) run();
    await end.send({ first, all: performance.now() - begin });
  };
  const child = new Process({ target, args: [writer, work] });
  await child.start();
  const times = await reader.recv();
  await child.join();
  for (const owner of [reader, writer, child]) owner.close();
  return times;
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const methods = ['spawn', 'forkserver', 'fork'];

async function measure(work) {
  const runs = Object.fromEntries(methods.map((method) => [method, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const method of methods) runs[method].push(await timeIn(method, work));
  }
  const medianOf = (method, part) => median(runs[method].map((times) => times[part]));
  return methods.map((method) => [
    work.name,
    method,
    ...['first', 'all'].flatMap((part) => {
      const ms = medianOf(method, part);
      return [ms.toFixed(0), (medianOf('spawn', part) / ms).toFixed(2)];
    }),
  ]);
}

const rows = [];
for (const work of [allocate, optimise]) rows.push(...(await measure(work)));
printTable(
  `speed of code in a child, Node ${process.version}`,
  [
    'work',
    'start method',
    'first, ms',
    "of an exec'd process",
    'all four, ms',
    "of an exec'd process",
  ],
  rows,
);
