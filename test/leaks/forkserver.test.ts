import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { descriptorsBackTo, useForkserverRoots } from '../helpers/forkserver-root.js';
import { openFds } from '../helpers/open-fds.js';
import { childrenOf, waitUntil } from '../helpers/processes.js';

const startRoot = useForkserverRoots();
/** A leak of 0.1 MB for each start would show; garbage comes and goes. */
const GARBAGE_MB = 20;

function residentMb(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return (pages * 4096) / 2 ** 20;
}

it('many starts, 50 at a time, leave nothing behind in the forkserver and its client', async () => {
  const root = startRoot();
  await root.do('spares', 0);
  const { pid } = await root.server();
  expect(await root.do('runMany', 20, 0)).toEqual({ right: 20 });
  const before = { server: openFds(pid).length, client: await root.do('descriptors') };
  const memory = residentMb(pid);
  for (let round = 0; round < 4; round++) {
    expect(await root.do('runMany', 50, round)).toEqual({ right: 50 });
  }
  await waitUntil(() => childrenOf(pid).length === 0, 'for the children of the server');
  await descriptorsBackTo(pid, before.server);
  expect(await root.do('descriptors')).toBe(before.client);
  expect(residentMb(pid) - memory).toBeLessThan(GARBAGE_MB);
  expect(await root.do('server')).toMatchObject({ pid });
});

it('servers that were killed leave nothing behind in their client', async () => {
  const root = startRoot();
  await root.do('spares', 0);
  await root.server();
  const before = await root.do('descriptors');
  await root.do('spares', 2);
  await root.server();
  for (let i = 0; i < 4; i++) {
    expect(await root.do('killServerAndRun', i)).toMatchObject({ exitCode: i });
    // A child that was reserved does without a server.
    await root.server();
  }
  // What it has asked for ahead of need goes with the server that it has asked.
  await root.do('spares', 0);
  await root.do('run');
  // The server that was left a moment ago takes its time to end, and is watched until then.
  await waitUntil(() => childrenOf(root.pid).length === 1, 'for the other servers to be reaped');
  expect(await root.do('descriptors')).toBe(before);
});

it('worker_threads that end with a child reserved leave nothing behind', async () => {
  const root = startRoot();
  await root.server();
  await root.do('runInWorker', 'reserve');
  const before = await root.do('descriptors');
  for (let i = 0; i < 3; i++) await root.do('runInWorker', 'reserve');
  expect(await root.do('descriptors')).toBe(before);
});

it('a start that fails on its way leaves nothing behind in client and server', async () => {
  const root = startRoot();
  await root.do('spares', 0);
  const { pid } = await root.server();
  const before = { server: openFds(pid).length, client: await root.do('descriptors') };
  for (let i = 0; i < 4; i++) {
    expect(await root.do('startNowhere')).toEqual({ code: 'ENOENT', left: 0 });
  }
  await waitUntil(() => childrenOf(pid).length === 0, 'for the children that got no work');
  await descriptorsBackTo(pid, before.server);
  expect(await root.do('descriptors')).toBe(before.client);
});
