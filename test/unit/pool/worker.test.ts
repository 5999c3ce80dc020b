import { expect, it } from 'vitest';
import { FromWorker, ToWorker } from '../../../ts/pool/frames.js';
import type { Job } from '../../../ts/pool/job.js';
import { type HostMaker, Worker } from '../../../ts/pool/worker.js';
import { toWait } from '../../../ts/transport/wait-options.js';

const NOTHING = new Uint8Array(0);
const ignore = () => {};
const owner = { onRoom: ignore, onEnd: ignore, onLoose: ignore, onOversize: ignore };

const job: Job = {
  record: { id: 1, bytes: NOTHING, again: undefined, users: 1 },
  timeout: undefined,
  isOver: false,
  isExhausted: false,
  next: ignore as () => undefined,
  resolve: ignore,
  reject: ignore,
  fail: ignore,
};

it('a worker whose ring is full of revoked tasks learns that it is to stop', async () => {
  let channels!: Parameters<HostMaker>[0];
  const host: ReturnType<HostMaker> = {
    onEnd: ignore,
    pid: 1,
    start: ignore,
    terminate: ignore,
    hold: ignore,
  };
  const worker = new Worker(
    owner,
    (given) => {
      channels = given;
      return host;
    },
    Number.POSITIVE_INFINITY,
  );
  channels.results.write(FromWorker.READY, 0, NOTHING);
  worker.drain();
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
  host.onEnd({ pid: 1, exitCode: 0 });
});
