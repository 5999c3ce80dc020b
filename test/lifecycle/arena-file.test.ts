/** Shared objects where the system has no memfd_create, or little memory for them. */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPythons } from '../helpers/pythons.js';

const fixture = path.resolve(import.meta.dirname, '../fixtures/fill-arena.mjs');
const launcher = path.resolve(import.meta.dirname, '../fixtures/python/without_memfd.py');
const python = findPythons(8)[0]?.command;
const FORBIDDEN = 77;

const withoutMemfd = (errno: number, ...args: string[]) => [
  python!,
  launcher,
  String(errno),
  process.execPath,
  fixture,
  ...args,
];

/** In a mount namespace of its own, where there is so much memory for files. */
const withLittleMemory = (command: readonly string[]) => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs -o size=16m none /dev/shm && exec "$@"',
  'sh',
  ...command,
];

function run([file, ...args]: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(file!, args, { encoding: 'utf8' });
  return { status, stderr, found: status === 0 ? JSON.parse(stdout) : undefined };
}

const canForbid =
  python !== undefined && spawnSync(python, [launcher, '1', '/bin/true']).status !== FORBIDDEN;
const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/dev/shm']);

const sums = [
  ['forkserver', 0, 1],
  ['fork', 0, 2],
  ['spawn', 0, 3],
];

describe.skipIf(!canForbid)('where memfd_create is missing', () => {
  it.each(['ENOSYS', 'EPERM'] as const)('shared objects are as ever (%s)', (code) => {
    expect(run(withoutMemfd(constants.errno[code]))).toEqual({
      status: 0,
      stderr: '',
      found: { sums, isNameless: true, hasMemfd: false },
    });
  });

  it.skipIf(canMount.status !== 0)('no more room is an error of who asks for it', () => {
    expect(run(withLittleMemory(withoutMemfd(constants.errno.ENOSYS, 'all')))).toEqual({
      status: 0,
      stderr: '',
      found: { sums, isNameless: true, hasMemfd: false, full: ['ENOSPC', true, true] },
    });
  });
});
