import type { ProcessEvent } from './diagnostics.js';
import type { Process } from './process.js';

/**
 * What subscribers of the `node:diagnostics_channel` channel `multiprocessing.process.start` get, when a
 * child of this process exists; and those of its tracing channel (`tracing:multiprocessing.process.start:…`),
 * with `error` where the start has failed. It is one object, whose `pid` comes with the process.
 * @see Python has none.
 */
export interface ProcessStartMessage extends ProcessEvent {
  readonly process: Process;
}

/**
 * What subscribers of the channel `multiprocessing.process.exit` get, when this process has learned that a
 * child has ended: from its event loop, or from a call that asks, such as `join()` or `exitCode`.
 * @see Python has none.
 */
export interface ProcessExitMessage extends ProcessStartMessage {
  readonly pid: number;
  /** As `Process.exitCode`: minus the number of the signal that killed the process. */
  readonly exitCode: number;
}
