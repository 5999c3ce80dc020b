import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useForkserverRoots } from '../helpers/forkserver-root.js';
import { childrenOf } from '../helpers/processes.js';

const startRoot = useForkserverRoots();
const module = path.resolve(import.meta.dirname, '../fixtures/preloaded-module.mjs');

describe.each([
  ['as it is', []],
  ['with modules preloaded', [module]],
])('one forkserver, %s, serves the whole tree:', (_, modules) => {
  it.each(['forkserver', 'fork', 'spawn'])('children by %s', async (method) => {
    const root = startRoot();
    if (modules.length > 0) await root.do('preload', modules);
    const { pid } = await root.server();
    const { server, preloaded, exitCode } = await root.do('runIn', method);
    expect({ server, exitCode }).toEqual({ server: pid, exitCode: 0 });
    expect(preloaded.map((loaded) => loaded.pid)).toEqual(modules.map(() => pid));
  });

  it('worker_threads, which end and leave each other alone', async () => {
    const root = startRoot();
    if (modules.length > 0) await root.do('preload', modules);
    const { pid } = await root.server();
    for (let round = 0; round < 3; round++) {
      const ran = await Promise.all([1, 2, 3, 4].map(() => root.do('runInWorker')));
      expect(ran.map(({ server }) => server)).toEqual([pid, pid, pid, pid]);
    }
    expect(childrenOf(root.pid)).toEqual([pid]);
  });
});

it('a process that becomes another user gets a server of that user', async (context) => {
  if (process.getuid?.() !== 0) context.skip('needs root, who can become another user');
  const root = startRoot();
  const { pid } = await root.server();
  await root.do('setUser', 65_534);
  const { server, uid } = await root.do('run');
  expect({ uid, isNew: server !== pid }).toEqual({ uid: 65_534, isNew: true });
});
