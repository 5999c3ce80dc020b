// NAME WORKERS TASKS: tasks a second of one pool, and what `fib` took, as JSON.
import { adapters } from './adapters.mjs';

const [, , name, workers, tasks] = process.argv;
const FIB = 27;
const FIBS = 40;
const CHUNKED = 100_000;

const pool = await adapters[name](Number(workers));
const list = Array.from({ length: Number(tasks) }, (_, i) => i);

/** Calls a second, after a first time. */
async function rate(count, run) {
  await run();
  const begin = performance.now();
  await run();
  return (count / (performance.now() - begin)) * 1000;
}

const result = {
  tasks: await rate(list.length, () => pool.inc(list)),
  fibs: await rate(FIBS, () => pool.fib(Array.from({ length: FIBS }, () => FIB))),
};
if (pool.chunks !== undefined) {
  const many = Array.from({ length: CHUNKED }, (_, i) => i);
  result.chunked = await rate(CHUNKED, () => pool.chunks(many));
}
await pool.close();
console.log(JSON.stringify(result));
process.exit();
