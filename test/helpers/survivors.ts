/** What tests may leave behind: processes, descriptors, names in /dev/shm. */
import { readdirSync, readFileSync } from 'node:fs';
import { openFds } from './open-fds.js';

/** Every process that a test starts, and every descendant of it, has this in its environment. */
const MARK = 'MP_TEST_WORKER';

/** From now on the processes that this one starts can be told from others, however far down. */
export function markDescendants(): void {
  process.env[MARK] = String(process.pid);
}

/** The processes that were started since then and are still there, each described. */
export function survivingProcesses(): string[] {
  return describeOthers(describeOwn);
}

/** The same, with what each of their threads waits for in the kernel, and their descriptors. */
export function stuckProcesses(): string[] {
  return describeOthers((pid) => {
    const description = describeOwn(pid);
    return description && [description, ...describeThreads(pid), ...describeFds(pid)].join('\n  ');
  });
}

function describeOthers(describe: (pid: number) => string | undefined): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        return describe(Number(pid)) ?? [];
      } catch {
        // Gone meanwhile, or not ours to look at.
        return [];
      }
    });
}

function describeOwn(pid: number): string | undefined {
  const [, name, state, parent] = /\((.*)\) (\S) (\d+)/s.exec(read(pid, 'stat'))!;
  // The environment of a zombie cannot be read any more.
  if (Number(parent) !== process.pid && !isMarked(pid)) return undefined;
  const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim() || name;
  return `process ${pid} (${state === 'Z' ? 'zombie' : 'running'}): ${command}`;
}

function isMarked(pid: number): boolean {
  return read(pid, 'environ').split('\0').includes(`${MARK}=${process.pid}`);
}

function describeThreads(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const [, name, state] = /\((.*)\) (\S)/s.exec(read(pid, `task/${thread}/stat`))!;
    const [wait, call] = ['wchan', 'syscall'].map((file) => read(pid, `task/${thread}/${file}`));
    return `thread ${thread} (${name}) ${state} in ${wait}: ${call!.trim()}`;
  });
}

const read = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');

/** The open descriptors of a process, each described. */
export function describeFds(pid?: number): string[] {
  return openFds(pid).map(({ fd, target }) => `descriptor ${fd}: ${target}`);
}

export function sharedMemoryNames(): string[] {
  return readdirSync('/dev/shm').map((name) => `/dev/shm/${name}`);
}
