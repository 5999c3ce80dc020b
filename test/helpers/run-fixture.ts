/** Runs a program of test/fixtures in a process of its own. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { stuckProcesses } from './survivors.js';

// More where everything is slow, as under sanitizers.
const DEADLOCK_MS = Number(process.env['MP_TEST_DEADLOCK_MS'] ?? 45_000);

const fixtures = path.resolve(import.meta.dirname, '../fixtures');

export interface FixtureOptions {
  args?: readonly string[];
  /** Descriptors of this process that the fixture gets as 3, 4 and so on. */
  fds?: readonly number[];
  env?: Record<string, string>;
  execArgv?: readonly string[];
  /** It leads a process group of its own, that signals may be sent to. */
  leadsGroup?: boolean;
  /** Whom it runs as, where this process may choose. */
  uid?: number;
  /** Reached only by a deadlock: the process is killed and the test fails. */
  deadlockAfterMs?: number;
}

export interface FixtureResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunningFixture {
  readonly child: ChildProcess;
  /** The next line that the fixture writes to stdout; rejects when it ends before that. */
  nextLine(): Promise<string>;
  /** When the process has ended and its output is complete. */
  readonly ended: Promise<FixtureResult>;
}

/** Starts a fixture, or the program of an absolute path, and stays in touch with it. */
export function startFixture(
  name: string,
  {
    args = [],
    fds = [],
    env,
    execArgv = [],
    leadsGroup = false,
    uid,
    deadlockAfterMs = DEADLOCK_MS,
  }: FixtureOptions = {},
): RunningFixture {
  const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...fds];
  const child = spawn(process.execPath, [...execArgv, path.resolve(fixtures, name), ...args], {
    stdio,
    env: { ...process.env, ...env },
    detached: leadsGroup,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]!.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();

  const ended = new Promise<FixtureResult>((resolve, reject) => {
    let stuck: string | undefined;
    const deadlock = setTimeout(() => {
      stuck = stuckProcesses().join('\n');
      child.kill('SIGKILL');
    }, deadlockAfterMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(deadlock);
      if (stuck !== undefined) reject(new Error(report(`${name} did not end\n${stuck}`, output)));
      else resolve({ code, signal, ...output });
    });
  });
  // Who waits for a line only learns of it there.
  ended.catch(() => {});

  return {
    child,
    ended,
    async nextLine() {
      const { value, done } = await lines.next();
      if (!done) return value;
      const { code, signal } = await ended;
      throw new Error(report(`${name} ended (${signal ?? code}) without a line`, output));
    },
  };
}

/** Runs a fixture to its end. */
export function runFixture(name: string, options?: FixtureOptions): Promise<FixtureResult> {
  const fixture = startFixture(name, options);
  fixture.child.stdin!.end();
  return fixture.ended;
}

/** Runs a fixture to its end; fails unless it exits with 0. */
export async function runFixtureOk(name: string, options?: FixtureOptions): Promise<FixtureResult> {
  const result = await runFixture(name, options);
  if (result.code !== 0)
    throw new Error(report(`${name} ended with ${result.signal ?? result.code}`, result));
  return result;
}

function report(what: string, { stdout, stderr }: { stdout: string; stderr: string }): string {
  return `${what}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}
