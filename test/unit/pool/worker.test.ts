import { expect, it } from 'vitest';
import { FromWorker, ToWorker } from '../../../ts/pool/frames.js';
import type { WorkerHost } from '../../../ts/pool/host.js';
import type { Job } from '../../../ts/pool/job.js';
import { type HostMaker, Worker } from '../../../ts/pool/worker.js';
import { toWait } from '../../../ts/transport/wait-options.js';

const NOTHING = new Uint8Array(0);
const ignore = () => {};
const owner = { onRoom: ignore, onEnd: ignore, onLoose: ignore, onOversize: ignore };

const job: Job = {
  record: { id: 1, key: '', bytes: NOTHING, again: undefined, users: 1 },
  timeout: undefined,
  isOver: false,
  isExhausted: false,
  next: ignore as () => undefined,
  resolve: ignore,
  reject: ignore,
  fail: ignore,
};

/** A worker that is ready, and what its other side would have. */
function begin(maxTasks = Number.POSITIVE_INFINITY) {
  let channels!: Parameters<HostMaker>[0];
  const host: WorkerHost = {
    onEnd: ignore,
    pid: 1,
    start: ignore,
    terminate: ignore,
    hold: ignore,
  };
  const makeHost: HostMaker = (given) => {
    channels = given;
    return host;
  };
  const worker = new Worker(owner, makeHost, maxTasks);
  channels.results.write(FromWorker.READY, 0, NOTHING);
  worker.drain();
  return { worker, channels, end: () => host.onEnd({ pid: 1, exitCode: 0 }) };
}

it('a worker whose ring is full of revoked tasks learns that it is to stop', async () => {
  const { worker, channels, end } = begin();
  const part = { index: 0, tag: ToWorker.CALL, input: ['x'.repeat(1000)] };
  while (worker.give(job, part));
  while (channels.tasks.write(ToWorker.FORGET, 0, NOTHING));
  expect(worker.revoke(() => true).length).toBeGreaterThan(100);
  worker.retire();
  const tags = new Set<number>();
  while (!tags.has(ToWorker.STOP)) {
    const tag = channels.tasks.take((frame) => frame.tag);
    if (tag !== undefined) tags.add(tag);
    else expect(await channels.tasks.readable(toWait({ timeout: 10_000 }))).toBe(true);
  }
  expect(tags.has(ToWorker.CALL)).toBe(false);
  end();
});

it('a task that was taken back does not count as one of those that a worker may do', () => {
  const { worker, channels, end } = begin(2);
  const part = { index: 0, tag: ToWorker.CALL, input: [] };
  worker.give(job, part);
  worker.give(job, part);
  expect([worker.room, worker.revoke(() => true, 1).length]).toEqual([-1, 1]);
  const answer = () => {
    const id = channels.tasks.take(({ tag, id }) => (tag === ToWorker.CALL ? id : 0));
    if (id! > 0) channels.results.write(FromWorker.RESULT_INTS, id!, NOTHING);
    worker.drain();
    return worker.isSpent;
  };
  // The function, and the task.
  expect([answer(), answer(), worker.room]).toEqual([false, false, 1]);
  worker.give(job, part);
  expect([answer(), worker.room]).toEqual([true, 0]);
  end();
});
