import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useForkserverRoots } from '../helpers/forkserver-root.js';
import { childrenOf, isRunning, waitUntil } from '../helpers/processes.js';

const startRoot = useForkserverRoots();
const fixtures = path.resolve(import.meta.dirname, '../fixtures');

/** What its client may learn of a child whose server has died: new kernels always tell the exit code. */
function toldWithoutServer(exitCode: number): number[] {
  const [major, minor] = os.release().split('.').map(Number) as [number, number];
  return major > 6 || (major === 6 && minor >= 15) ? [exitCode] : [exitCode, 255];
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' });
  }
}

/** Whether a child has adapted to its client, of which it has two pidfds then, and sleeps. */
function hasAdaptedTo(client: number, pid: number): boolean {
  try {
    const handles = readdirSync(`/proc/${pid}/fdinfo`).filter((fd) =>
      readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8').includes(`\nPid:\t${client}\n`),
    );
    return handles.length === 2 && / S /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // It has closed it, or is gone, in between.
    return false;
  }
}

/** Children of a server that a client has asked for ahead of need, and may start at once. */
async function reservedBy(client: number, server: number): Promise<number[]> {
  let reserved: number[] = [];
  await waitUntil(() => {
    reserved = childrenOf(server).filter((child) => hasAdaptedTo(client, child));
    return reserved.length > 0;
  }, 'for a child that is reserved');
  return reserved;
}

const allGone = (pids: number[], whose: string) =>
  waitUntil(() => !pids.some(isRunning), `for ${whose} to end`);

describe('the forkserver', () => {
  it('is started by the first process that needs it, and ends with its last client', async () => {
    const root = startRoot();
    expect(await root.do('descriptors')).toBeGreaterThan(0);
    expect(childrenOf(root.pid)).toEqual([]);
    // The only client is a worker_thread, which ends, while the process lives.
    const { server } = await root.do('runInWorker');
    await allGone([server], 'the server of a worker_thread');
    // Nobody waits for it in that process any more; the next start takes its exit code.
    await root.do('run');
    expect(childrenOf(root.pid).filter((pid) => pid !== server)).toEqual(childrenOf(root.pid));
  });

  it('ends with its root, as do its spares', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    await waitUntil(() => childrenOf(pid).length > 0, 'for a spare');
    const family = [pid, ...childrenOf(pid)];
    await root.end();
    await allGone(family, 'the server and its spares');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves %s to the program', async (signal) => {
    const root = startRoot();
    const { pid } = await root.server();
    process.kill(pid, signal);
    expect(await root.do('run', 2)).toMatchObject({ exitCode: 2, server: pid });
  });

  it('and its spares serve a program that goes on after Ctrl-C', async () => {
    const root = startRoot({ leadsGroup: true });
    await root.do('heedInterrupt');
    const { pid } = await root.server();
    const child = await root.do('hold');
    process.kill(-root.pid, 'SIGINT');
    expect(await root.do('join', child)).toBe(-2);
    expect(await root.do('run', 2)).toMatchObject({ exitCode: 2, server: pid });
  });

  it('gives no child to a start that comes after Ctrl-C which dies of it', async () => {
    const root = startRoot({ leadsGroup: true });
    await root.do('heedInterrupt');
    const { pid } = await root.server();
    await root.do('run');
    for (let code = 0; code < 15; code++) {
      await waitUntil(() => childrenOf(pid).length > 1, 'for a spare, and one asked for ahead');
      expect(await root.do('runAfterInterrupt', code)).toMatchObject({ exitCode: code });
    }
  });

  it('ends the child that was asked for ahead when that client is gone', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    const client = await root.do('holdStarter');
    const reserved = await reservedBy(client, pid);
    process.kill(client, 'SIGKILL');
    await allGone(reserved, 'what a client that is gone has reserved');
  });

  it('ends the child that was asked for ahead when its work cannot travel', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    await root.do('run');
    const reserved = await reservedBy(root.pid, pid);
    expect(await root.do('startUnpicklable')).toEqual({ code: 'ERR_MP_PICKLING', left: -3 });
    await allGone(reserved, 'the child that was to get work');
    expect(await root.do('run', 4)).toMatchObject({ exitCode: 4, server: pid });
    await root.end();
    // Without a word, though it knew already who it was to be.
    const ended = (await root.fixture.ended).stderr.match(/exiting with exitcode .*/g);
    expect(ended).toEqual(['exiting with exitcode 4']);
  });

  it('is watched by who has reserved it, and by none that he forks', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    await root.do('run');
    const reserved = await reservedBy(root.pid, pid);
    const watched = await root.do('watchedInFork');
    expect(watched.filter((child) => reserved.includes(child))).toEqual([]);
    expect(await root.do('run', 4)).toMatchObject({ exitCode: 4, server: pid });
  });

  it('forgets the child that was asked for ahead when that was killed', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    await root.do('run');
    await waitUntil(() => childrenOf(pid).length > 1, 'for a spare, and one asked for ahead');
    for (const child of childrenOf(pid)) killIfThere(child);
    expect(await root.do('run', 4)).toMatchObject({ exitCode: 4, server: pid });
  });

  it('is replaced when it was killed, and its spares end', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    await waitUntil(() => childrenOf(pid).length > 0, 'for a spare');
    const spares = childrenOf(pid);
    process.kill(pid, 'SIGKILL');
    const { server, exitCode } = await root.do('run', 5);
    expect(exitCode).toBe(5);
    expect(server).not.toBe(pid);
    await allGone([pid, ...spares], 'a killed server and its spares');
    // No zombie either.
    await waitUntil(() => childrenOf(root.pid).length === 1, 'for the dead server to be reaped');
  });

  it('is replaced by whoever needs it first, made as it was', async () => {
    const root = startRoot();
    await root.do('preload', [path.join(fixtures, 'preloaded-module.mjs')]);
    const { pid } = await root.server();
    process.kill(pid, 'SIGKILL');
    const { server, preloaded } = await root.do('runInWorker');
    expect(server).not.toBe(pid);
    expect(preloaded).toMatchObject([{ pid: server }]);
  });

  it('that is killed leaves its children alone, and they report how they end', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    const [killed, exits] = [await root.do('hold'), await root.do('hold')];
    expect(await root.do('killServerAndRun', 5)).toMatchObject({ exitCode: 5 });
    expect(isRunning(pid)).toBe(false);
    expect([killed, exits].map(isRunning)).toEqual([true, true]);
    process.kill(killed, 'SIGKILL');
    expect(toldWithoutServer(-9)).toContain(await root.do('join', killed));
    process.kill(exits, 'SIGUSR1');
    expect(toldWithoutServer(7)).toContain(await root.do('join', exits));
  });

  it('that is killed while it starts fails the start, and the next one succeeds', async () => {
    const root = startRoot();
    await root.do('preload', [path.join(fixtures, 'spin-for-ever.mjs')]);
    const failed = root.do('run').catch((error) => error);
    await waitUntil(() => childrenOf(root.pid).length > 0, 'for the server');
    process.kill(childrenOf(root.pid)[0]!, 'SIGKILL');
    expect(await failed).toMatchObject({
      code: 'ERR_MP_PROCESS',
      message: expect.stringContaining('ended with exit code -9 before it was ready'),
    });
    await root.do('preload', []);
    expect(await root.do('run', 4)).toMatchObject({ exitCode: 4 });
  });

  it('that is killed again and again under many starts fails some, and hangs none', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    const outcomes: Promise<Record<string, number>>[] = [];
    let server = pid;
    const hasChildren = () => isRunning(server) && childrenOf(server).length > 1;
    for (let kills = 0; kills < 3; kills++) {
      outcomes.push(root.do('runMany', 30, 5));
      await waitUntil(() => {
        server = childrenOf(root.pid).find(isRunning) ?? server;
        return hasChildren();
      }, 'for a server with children under way');
      process.kill(server, 'SIGKILL');
    }
    const expected = /^(right|exit code (255|-9)|ERR_MP_PROCESS: The forkserver ended .*)$/;
    for (const outcome of (await Promise.all(outcomes)).flatMap(Object.keys)) {
      expect(outcome).toMatch(expected);
    }
    expect(await root.do('run', 3)).toMatchObject({ exitCode: 3 });
  });

  it('whose children are killed while they start tells so, and hangs nobody', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    let isOver = false;
    const outcomes = root.do('runMany', 60, 5).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      for (const child of childrenOf(pid)) killIfThere(child);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    for (const outcome of Object.keys(await outcomes)) {
      expect(outcome).toMatch(/^(right|exit code -9)$/);
    }
    expect(await root.do('run', 3)).toMatchObject({ exitCode: 3, server: pid });
  });

  it('that has lost all its spares makes others', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    await root.do('runMany', 4, 0);
    await waitUntil(() => childrenOf(pid).length > 1, 'for spares');
    const spares = childrenOf(pid);
    for (const spare of spares) killIfThere(spare);
    await allGone(spares, 'spares');
    expect(await root.do('runMany', 6, 7)).toEqual({ right: 6 });
    expect(await root.do('server')).toMatchObject({ pid });
  });

  it('whose address somebody else has taken is recognised', async () => {
    const root = startRoot();
    const { pid, address, key } = await root.server();
    process.kill(pid, 'SIGKILL');
    await allGone([pid], 'the server');
    const impostor = spawn('python3', [path.join(fixtures, 'forkserver-impostor.py'), address]);
    onTestFinished(() => void impostor.kill('SIGKILL'));
    const lines = createInterface({ input: impostor.stdout! })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('listening');
    const { server, exitCode } = await root.do('run', 5);
    expect(exitCode).toBe(5);
    expect(server).not.toBe(pid);
    const { value: received } = await lines.next();
    // An answer to its challenge, and a challenge that it could not answer; not the key.
    expect(received).toMatch(/^closed after 00000040[0-9a-f]{128}$/);
    expect(received).not.toContain(key);
  });
});

it('the first process of a container reaps what its dead server leaves to it', (context) => {
  const namespace = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  const isAllowed = spawnSync('unshare', [...namespace, 'true']).status === 0;
  if (!isAllowed) context.skip('needs the right to make a pid namespace');
  const program = path.join(fixtures, 'first-of-container.mjs');
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [...namespace, process.execPath, program],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ self: 1, exitCode: 7, left: false });
});

describe('when the root is killed', () => {
  it('its children, busy ones too, its server and the spares end', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    const children = [await root.do('hold', true), await root.do('hold', false)];
    await waitUntil(() => childrenOf(pid).length > 2, 'for a spare');
    const family = [pid, ...childrenOf(pid)];
    expect(family).toEqual(expect.arrayContaining(children));
    root.fixture.child.kill('SIGKILL');
    await allGone(family, 'the family of a killed root');
  });

  it('children that it is starting end as well', async () => {
    const root = startRoot();
    const { pid } = await root.server();
    root.do('runMany', 60, 0).catch(() => {});
    await waitUntil(() => childrenOf(pid).length > 2, 'for children under way');
    const family = [pid, ...childrenOf(pid)];
    root.fixture.child.kill('SIGKILL');
    await allGone(family, 'a server and the children that it was making');
    expect((await root.fixture.ended).stderr).toBe('');
  });

  it('its server ends, although it computes', async () => {
    const root = startRoot();
    await root.do('preload', [path.join(fixtures, 'spin-for-ever.mjs')]);
    root.do('run').catch(() => {});
    await waitUntil(() => childrenOf(root.pid).length > 0, 'for the server');
    const family = childrenOf(root.pid);
    root.fixture.child.kill('SIGKILL');
    await allGone(family, 'a server that computes');
    // And without a word.
    expect((await root.fixture.ended).stderr).toBe('');
  });
});
