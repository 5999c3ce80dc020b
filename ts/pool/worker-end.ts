import os from 'node:os';
import { type WorkerEnd, WorkerLostError } from './errors.js';
import type { HostEnd } from './host.js';

/** The error for what a worker had to do when it ended, or could not be started. */
export function lossOf(end: HostEnd | { readonly error: unknown }, stderrTail: string): unknown {
  if ('error' in end) return end.error;
  const known = describeEnd(end, stderrTail);
  return new WorkerLostError(known.message, known);
}

function describeEnd(
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
