import os from 'node:os';
import type { WorkerEnd } from './errors.js';
import type { HostEnd } from './host.js';

/** What is told of a worker that has ended while it had something to do. */
export function describeEnd(
  { pid, exitCode }: HostEnd,
  stderrTail: string,
): WorkerEnd & { readonly message: string } {
  const signal = exitCode < 0 ? nameOf(-exitCode) : null;
  const how = signal === null ? `exited with code ${exitCode}` : `was killed by ${signal}`;
  const tail = stderrTail === '' ? '' : `. It wrote:\n${stderrTail}`;
  return { pid, exitCode, signal, stderrTail, message: `The worker with pid ${pid} ${how}${tail}` };
}

function nameOf(number: number): NodeJS.Signals | null {
  const [name] = Object.entries(os.constants.signals).find(([, value]) => value === number) ?? [];
  return (name as NodeJS.Signals | undefined) ?? null;
}
