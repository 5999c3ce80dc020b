/**
 * Events for logs, metrics and traces, on channels of node:diagnostics_channel. They are told in the
 * process, and the thread, that starts the child. Without a subscriber nothing is told.
 */
import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { Runnable } from './launcher.js';
import type { StartMethod } from './this-process.js';

/** What a channel tells of a process that is being started, runs or has ended. */
export interface ProcessEvent {
  /** The process object. */
  readonly process: Runnable;
  readonly name: string;
  readonly startMethod: StartMethod;
  readonly daemon: boolean;
  /** Undefined until the process exists. */
  pid: number | undefined;
}

const start = tracingChannel<unknown, ProcessEvent>('multiprocessing.process.start');
const started = channel('multiprocessing.process.start');
const exited = channel('multiprocessing.process.exit');

/** Runs `launch`, and tells how it went. */
export function traceStart(event: ProcessEvent, launch: () => Promise<void>): Promise<void> {
  return start.hasSubscribers ? start.tracePromise(launch, event) : launch();
}

/** When the process exists. */
export function tellStart(event: ProcessEvent): void {
  started.publish(event);
}

export function tellExit(event: ProcessEvent, exitCode: number): void {
  if (exited.hasSubscribers) exited.publish({ ...event, exitCode });
}
