import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runFixture } from '../helpers/run-fixture.js';

const root = path.resolve(import.meta.dirname, '../..');
const isThere = (name: string) => existsSync(`/dev/shm/${name}`);

/** Its standard error is at its end when the tracker has ended, too. */
async function leave(way: string) {
  const result = await runFixture('leave-shared-memory.mjs', { args: [way] });
  const name = result.stdout.trim();
  expect(name, result.stderr).toMatch(/^psm_[0-9a-f]{8}$/);
  return { ...result, name };
}

const warning =
  'There appear to be 1 leaked shared_memory objects to clean up at the end of process';

describe('shared memory that nobody has unlinked', () => {
  it.each([
    ['return', 0, null],
    ['exit', 3, null],
    ['throw', 1, null],
    ['abort', null, 'SIGABRT'],
    ['killed', null, 'SIGKILL'],
    ['closed', 0, null],
  ])('is unlinked, with a warning, when its program ends by: %s', async (way, code, signal) => {
    const result = await leave(way);
    expect([result.code, result.signal]).toEqual([code, signal]);
    expect(result.stderr).toContain(warning);
    expect(result.stderr).toContain(`: ${result.name}\n`);
    expect(isThere(result.name)).toBe(false);
  });

  it('stays, without a tracker, where that was asked for', async () => {
    const { name, code, stderr } = await leave('untracked');
    onTestFinished(() => rmSync(`/dev/shm/${name}`));
    expect([code, stderr]).toEqual([0, '']);
    expect(isThere(name)).toBe(true);
  });

  it.each(['workerThread', 'killedChild'])(
    'lasts to the end of the program, not only of its %s',
    async (way) => {
      const { name, code, stderr } = await leave(way);
      expect(stderr).toContain(warning);
      expect(code).toBe(0);
      expect(isThere(name)).toBe(false);
    },
  );

  it('lasts to the end of the detached process that has created it', async () => {
    const { name, stderr } = await leave('detached');
    expect(stderr).toContain(`: ${name}\n`);
    expect(isThere(name)).toBe(false);
  });

  it('is known to a second tracker when the first one was killed', async () => {
    const { name, stderr } = await leave('trackerKilled');
    expect(stderr).toContain('MP_TRACKER_DIED');
    expect(stderr).toContain(`: ${name}\n`);
    expect(isThere(name)).toBe(false);
  });
});

it('an exit listener may unlink shared memory', async () => {
  const { name, code, stderr } = await leave('exitListener');
  expect([code, stderr]).toEqual([0, '']);
  expect(isThere(name)).toBe(false);
});

describe('a program', () => {
  function program(code: string, folder?: string): string {
    const where = folder ?? mkdtempSync(path.join(os.tmpdir(), 'shared-memory-'));
    if (folder === undefined) onTestFinished(() => rmSync(where, { recursive: true }));
    mkdirSync(path.join(where, 'node_modules'), { recursive: true });
    const installed = path.join(where, 'node_modules', 'node-multiprocessing');
    if (!existsSync(installed)) symlinkSync(root, installed);
    writeFileSync(path.join(where, 'main.mjs'), code);
    return path.join(where, 'main.mjs');
  }

  it('that only attaches destroys nothing, however it ends', async () => {
    const owner = `mp_owner_${process.pid}`;
    writeFileSync(`/dev/shm/${owner}`, 'text', { mode: 0o600 });
    onTestFinished(() => rmSync(`/dev/shm/${owner}`));
    for (const end of ['', 'process.exit(0)', 'process.kill(process.pid, "SIGKILL")']) {
      const file = program(
        `import { SharedMemory } from 'node-multiprocessing';
        console.log(new SharedMemory({ name: '${owner}' }).buf.toString()); ${end}`,
      );
      const { stdout, stderr } = await runFixture(file);
      expect([stdout, stderr]).toEqual(['text\n', '']);
      expect(isThere(owner)).toBe(true);
    }
  });

  it('in a folder whose name LD_PRELOAD cannot take is cleaned up after, too', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'shared memory: '));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const installed = path.join(folder, 'node_modules', 'node-multiprocessing');
    for (const part of ['package.json', 'dist', 'build/Release/multiprocessing.node']) {
      cpSync(path.join(root, part), path.join(installed, part), { recursive: true });
    }
    const file = program(
      `import { SharedMemory } from 'node-multiprocessing';
      console.log(new SharedMemory({ create: true, size: 5 }).name);
      process.kill(process.pid, 'SIGKILL');`,
      folder,
    );
    const { stdout, stderr } = await runFixture(file, {
      // Not where tests under sanitizers have theirs.
      env: { NODE_MULTIPROCESSING_PREBUILD: '' },
    });
    expect(stderr).toBe(stderr.match(/^resource_tracker: .*\n$/)?.[0]);
    expect(stderr).toContain(stdout.trim());
    expect(isThere(stdout.trim())).toBe(false);
  });

  const mount = 'mount -t tmpfs -o size=1m tmpfs /dev/shm';
  const mayMount = spawnSync('unshare', ['-m', 'sh', '-c', mount]).status === 0;

  it.skipIf(!mayMount)(
    'that finds /dev/shm full gets an error (skipped where one may not mount)',
    () => {
      const file = program(
        `import { SharedMemory } from 'node-multiprocessing';
      const size = 600 << 10;
      const shm = new SharedMemory({ create: true, size });
      try {
        new SharedMemory({ create: true, size, name: 'second' });
      } catch (error) {
        console.log(error.code, error.path, error.message);
      }
      shm.buf.fill(1);
      shm.unlink();
      new SharedMemory({ create: true, size: 100, name: 'second' }).unlink();`,
      );
      const run = `${mount} && exec "$@"`;
      const args = ['-m', 'sh', '-c', run, 'sh', process.execPath, file];
      expect(execFileSync('unshare', args, { encoding: 'utf8' })).toMatch(
        /^ENOSPC second ENOSPC: .*, posix_fallocate 'second': 614400 bytes\n$/,
      );
    },
  );
});
