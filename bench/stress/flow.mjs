// Messages through a queue and tasks through a pool: nothing may grow. Exits with 1 when the memory of a process
// or the arena does, between the first quarter and the end.
//   --messages N   default 10000000, with --ci 200000
//   --tasks N      default 1000000, with --ci 20000
import { createRequire } from 'node:module';
import { getContext, Pool, Queue, SimpleQueue } from 'node-multiprocessing';
import { residentMb } from './leftovers.mjs';
import { options } from './options.mjs';

const native = createRequire(import.meta.url)('node-gyp-build')(`${import.meta.dirname}/../..`);
const { messages, tasks } = options({
  messages: ['10000000', '200000'],
  tasks: ['1000000', '20000'],
});
const STEPS = 20;
/** Garbage that has not been collected yet. */
const GARBAGE_MB = 40;
/** Segments that are in use at one moment and not at another. */
const ARENA_BYTES = 1 << 20;

const isFlat = [];

/** Runs the step some times; `pids` tells whose memory is looked at. */
async function watch(name, step, pids) {
  const look = () => ({
    processesMb: pids().map(residentMb),
    arenaBytes: native.arenaUsage().bytes,
  });
  const begin = performance.now();
  let early;
  for (let i = 1; i <= STEPS; i++) {
    await step();
    if (i === STEPS / 4) early = look();
  }
  const late = look();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${name} in ${seconds} s; after a quarter:`, early, 'at the end:', late);
  const grows =
    late.arenaBytes > early.arenaBytes + ARENA_BYTES ||
    late.processesMb.some((mb, i) => mb > early.processesMb[i] + GARBAGE_MB);
  isFlat.push(!grows);
}

async function swallow(queue, answers, count) {
  for (let next = 0; ; ) {
    for (let i = 0; i < count; i++) {
      const { id } = await queue.get();
      if (id !== next++) throw new Error(`got ${id} for ${next - 1}`);
    }
    answers.putSync('done');
  }
}

async function watchQueue() {
  const [queue, answers, count] = [new Queue(), new SimpleQueue(), messages / STEPS];
  const { Process } = getContext('fork');
  const peer = new Process({ target: swallow, args: [queue, answers, count], daemon: true });
  await peer.start();
  let id = 0;
  const step = async () => {
    for (let i = 0; i < count; i++) await queue.put({ id: id++, s: 'hello' });
    await answers.get();
  };
  await watch(`${messages} messages`, step, () => [process.pid, peer.pid]);
  peer.kill();
  await peer.join();
  queue.close();
  answers.close();
}

async function watchPool() {
  const pool = new Pool(2);
  const list = Array.from({ length: tasks / STEPS }, (_, i) => i);
  const step = () => pool.map((x) => x + 1, list, { chunksize: 1 });
  await watch(`${tasks} tasks`, step, () => [process.pid, ...pool.pids]);
  await pool[Symbol.asyncDispose]();
}

await watchQueue();
await watchPool();
process.exit(isFlat.every(Boolean) ? 0 : 1);
