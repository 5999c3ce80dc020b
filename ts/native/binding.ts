/**
 * The contract between TypeScript and the addon: every native function, with its units and the
 * errors it throws. TypeScript checks arguments before it calls; the addon only converts them.
 * A "system error" is an Error with `code`, negative `errno` and `syscall`, as Node's own.
 */
import { loadAddon } from './load.js';

/** Bits of `PollWatcher` and `pollSync`. */
export const READABLE = 1;
export const WRITABLE = 2;

export interface PollWatcher {
  /** Watches for `events`; `keepAlive`: whether the wait keeps the event loop running. */
  start(events: number, keepAlive: boolean): void;
  /** No callback comes any more until the next `start`. */
  stop(): void;
  /** Lets go of the descriptor, which the caller closes afterwards. Idempotent. */
  close(): void;
}

export interface NativeBinding {
  /** `callback(status, events)`: status is 0 or a negative errno. */
  PollWatcher: new (
    fd: number,
    callback: (status: number, events: number) => void,
  ) => PollWatcher;
}

export const native: NativeBinding = loadAddon() as NativeBinding;
