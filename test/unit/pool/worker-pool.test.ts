import { afterEach, expect, it, vi } from 'vitest';
import { FunctionTable } from '../../../ts/pool/functions.js';
import type { WorkerHost } from '../../../ts/pool/host.js';
import { WorkerPool } from '../../../ts/pool/worker-pool.js';

const ignore = () => {};
const twice = (x: number) => 2 * x;

class TestPool extends WorkerPool {
  constructor(hosts: WorkerHost[] = []) {
    const makeHost = () => {
      const host = { onEnd: ignore, pid: 1, start: ignore, terminate: ignore, hold: ignore };
      hosts.push(host);
      return host;
    };
    super({ size: 1, maxTasksPerWorker: Number.POSITIVE_INFINITY, makeHost });
  }
}

function open() {
  const hosts: WorkerHost[] = [];
  const pool = new TestPool(hosts);
  const close = () => {
    pool.terminate();
    for (const host of hosts) host.onEnd({ pid: 1, exitCode: 0 });
  };
  return { pool, close };
}

afterEach(() => vi.restoreAllMocks());

function* failing(): Generator<number> {
  yield 1;
  throw new Error('input');
}

it('functions are not kept for calls that never begin', async () => {
  const add = vi.spyOn(FunctionTable.prototype, 'add');
  const { pool, close } = open();
  await expect(pool.map(twice, failing())).rejects.toThrow('input');
  await expect(pool.starmap(twice, [[1], 2 as never])).rejects.toThrow('iterable[1]');
  await expect(pool.map(twice, [1], { onProgress: 7 as never })).rejects.toThrow('onProgress');
  expect(await pool.map(twice, [])).toEqual([]);
  expect(add).not.toHaveBeenCalled();
  close();
});

it('a call whose signal is aborted while it begins is given up', async () => {
  const { pool, close } = open();
  const controller = new AbortController();
  const call = pool.apply(twice, [1], { signal: controller.signal });
  controller.abort(new Error('at once'));
  await expect(call).rejects.toThrow('at once');
  close();
});

it('a function that captures nothing is encoded once, and is known until it is forgotten', async () => {
  const forgotten: number[] = [];
  const table = new FunctionTable((id) => forgotten.push(id));
  const first = await table.add(twice);
  expect(await table.add(twice)).toBe(first);
  table.release(first);
  table.release(first);
  // Made before any is pickled: to find the file of a script, all that are new are looked through.
  const functions = Array.from({ length: 200 }, (_, i) => new Function(`return ${i}`));
  const others = [];
  for (const fn of functions) others.push(await table.add(fn));
  table.release(others[0]!);
  expect(forgotten).toEqual([first.id]);
  const again = await table.add(twice);
  expect(again).not.toBe(first);
  expect(await table.add(twice)).toBe(again);
});
