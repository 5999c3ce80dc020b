import { readdirSync, readFileSync } from 'node:fs';

/** Whether a process runs; one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Its first thread may have ended, and others not yet, who have its descriptors.
    return !/\) [ZX] /.test(stat) || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Of a process that runs: whether SIGSTOP has reached all of it. */
export function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    /\) T /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
  );
}

/** Resolves when the condition holds; the time is reached by a deadlock only. */
export async function waitUntil(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The children of a process, whichever of its threads has started them, but for undertakers. */
export function childrenOf(pid: number): number[] {
  return allChildrenOf(pid).filter((child) => {
    const name = readOrNothing(`/proc/${child}/comm`);
    return name !== '' && name !== 'undertaker\n';
  });
}

/** Also those that free the memory of one that has ended, and then end. */
export function allChildrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    readOrNothing(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

// A process, or a thread of it, may end between two looks.
function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The session that a process belongs to; the pid of the one that leads it. */
export function sessionOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}
