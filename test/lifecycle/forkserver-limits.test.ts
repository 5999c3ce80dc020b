import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useForkserverRoots } from '../helpers/forkserver-root.js';
import { openFds } from '../helpers/open-fds.js';
import { allChildrenOf, isRunning, waitUntil } from '../helpers/processes.js';

const startRoot = useForkserverRoots();
const isRoot = process.getuid?.() === 0;
/** Who has no other processes, so that a limit on their number is foreseeable. */
const SOMEBODY = 100_000 + process.pid;
const PLENTY = 4096;

/** Lowers, or raises again, what a running process may have. */
function limit(pid: number, what: 'nofile' | 'nproc', count: number, uid?: number): void {
  const user = uid === undefined ? {} : { uid, gid: uid, cwd: '/' };
  const options = { ...user, stdio: 'pipe' } as const;
  execFileSync('prlimit', ['--pid', String(pid), `--${what}=${count}:`], options);
}

function raiseAgain(pid: number): void {
  try {
    limit(pid, 'nofile', PLENTY);
  } catch (error) {
    // A server that cannot receive a request is replaced.
    if (isRunning(pid)) throw error;
  }
}

/** The number that the next descriptor of a process gets, after `more` others. */
function nextNumber(pid: number, more: number): number {
  const taken = new Set(openFds(pid).map(({ fd }) => fd));
  let next = 0;
  for (let free = 0; free <= more; next++) if (!taken.has(next)) free++;
  return next - 1;
}

function traceFile(): { path: string; lines(): number } {
  const folder = mkdtempSync(path.join(tmpdir(), 'mp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'trace');
  return { path: file, lines: () => readFileSync(file, 'utf8').split('\n').length - 1 };
}

describe('without descriptors to spare', () => {
  it.each(['client', 'server'] as const)('in the %s, a start fails and says so', async (where) => {
    const root = startRoot();
    await root.do('spares', 0);
    const trace = traceFile();
    const outcomes: string[] = [];
    let started = 0;
    for (let more = 0; more < 9; more++) {
      const server = await root.server();
      const pid = where === 'client' ? root.pid : server.pid;
      limit(pid, 'nofile', nextNumber(pid, more));
      const outcome = await root.do('run', 3, trace.path).catch((error) => error);
      raiseAgain(pid);
      if (!(outcome instanceof Error)) started++;
      outcomes.push(outcome instanceof Error ? outcome.message : `exit code ${outcome.exitCode}`);
    }
    const failures = outcomes.filter((outcome) => outcome !== 'exit code 3');
    expect(failures.length).toBeGreaterThan(0);
    const place = where === 'client' ? '' : ' \\(in the forkserver\\)';
    for (const failure of failures) {
      expect(failure).toMatch(new RegExp(`^EMFILE: too many open files, .*${place}$`, 'i'));
    }
    // What has failed to start has not begun its work, either.
    expect(started).toBe(9 - failures.length);
    expect(trace.lines()).toBe(started);
  });
});

/** Of a user, as the kernel counts them. */
function threadsOf(uid: number): number {
  const counts = readdirSync('/proc').map((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const isTheirs = /^Uid:\t(\d+)/m.exec(status)?.[1] === String(uid);
      return isTheirs ? Number(/^Threads:\t(\d+)/m.exec(status)![1]) : 0;
    } catch {
      return 0;
    }
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

describe.skipIf(!isRoot)('without processes to spare (skipped unless root)', () => {
  it('a start fails and says so, or the child does', async () => {
    const root = startRoot({ uid: SOMEBODY });
    await root.do('spares', 0);
    const { pid } = await root.server();
    await waitUntil(() => allChildrenOf(pid).length === 0, 'the undertaker of its first child');
    limit(pid, 'nproc', threadsOf(SOMEBODY), SOMEBODY);
    await expect(root.do('run', 3)).rejects.toMatchObject({
      code: 'EAGAIN',
      message: expect.stringMatching(/, fork \(in the forkserver\)$/),
    });
    // Enough for a process, but not for its threads.
    limit(pid, 'nproc', threadsOf(SOMEBODY) + 1, SOMEBODY);
    const { exitCode } = await root.do('run', 3);
    limit(pid, 'nproc', PLENTY, SOMEBODY);
    expect(await root.do('run', 3)).toMatchObject({ exitCode: 3, server: pid });
    await root.end();
    const { stderr } = await root.fixture.ended;
    expect([1, 127]).toContain(exitCode);
    expect(stderr).toMatch(/no more threads|EAGAIN: .*, pthread_create/);
  });
});
