// One adapter for each pool: make(workers) -> { inc(list), fib(list), close() }, which call the function of
// that name for each item, one task for each.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { getContext, ThreadPool } from '../../dist/index.js';

const here = (file) => path.join(import.meta.dirname, file);
const require = createRequire(here('peers/package.json'));
const { inc, fib } = createRequire(import.meta.url)('./work.cjs');

/** From a way to call one function with one argument. */
const each = (call, close) => ({
  inc: (list) => Promise.all(list.map((arg) => call('inc', arg))),
  fib: (list) => Promise.all(list.map((arg) => call('fib', arg))),
  close,
});

const ours = (make) => (workers) => {
  const pool = make(workers);
  return {
    inc: (list) => pool.map(inc, list, { chunksize: 1 }),
    fib: (list) => pool.map(fib, list, { chunksize: 1 }),
    chunks: (list) => pool.map(inc, list),
    close: () => pool[Symbol.asyncDispose](),
  };
};

function ipc(workers) {
  const children = Array.from({ length: workers }, () => fork(here('work.cjs')));
  const waiting = new Map();
  for (const child of children) {
    child.on('message', ({ id, result }) => {
      waiting.get(id)(result);
      waiting.delete(id);
    });
  }
  let lastId = 0;
  const call = (fn, arg) =>
    new Promise((resolve) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      children[id % workers].send({ id, fn, arg });
    });
  return each(call, () => {
    for (const child of children) child.kill();
  });
}

export const adapters = {
  'ours, processes': ours((workers) => new (getContext('forkserver').Pool)(workers)),
  'ours, threads': ours((workers) => new ThreadPool(workers)),
  'child_process.fork, by hand': ipc,
  'tinypool, processes': async (workers) => {
    const { Tinypool } = await import(require.resolve('tinypool'));
    const filename = here('work-tinypool.mjs');
    const pool = new Tinypool({
      filename,
      runtime: 'child_process',
      minThreads: workers,
      maxThreads: workers,
    });
    return each(
      (fn, arg) => pool.run({ fn, arg }),
      () => pool.destroy(),
    );
  },
  'workerpool, processes': (workers) => {
    const pool = require('workerpool').pool(here('work-workerpool.cjs'), {
      workerType: 'process',
      minWorkers: workers,
      maxWorkers: workers,
    });
    return each(
      (fn, arg) => pool.exec(fn, [arg]),
      () => pool.terminate(),
    );
  },
  'poolifier, processes': (workers) => {
    const { FixedClusterPool } = require('poolifier');
    const pool = new FixedClusterPool(workers, here('work-poolifier.cjs'));
    return each(
      (fn, arg) => pool.execute({ fn, arg }),
      () => pool.destroy(),
    );
  },
  'jest-worker, processes': (workers) => {
    const { Worker } = require('jest-worker');
    const pool = new Worker(here('work.cjs'), {
      numWorkers: workers,
      exposedMethods: ['inc', 'fib'],
    });
    return each(
      (fn, arg) => pool[fn](arg),
      () => pool.end(),
    );
  },
  'piscina, threads': (workers) => {
    const { Piscina } = require('piscina');
    const filename = here('work-piscina.cjs');
    const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers });
    return each(
      (fn, arg) => pool.run({ fn, arg }),
      () => pool.destroy(),
    );
  },
};
