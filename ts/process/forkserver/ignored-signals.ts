/**
 * Signals that come to all processes of a terminal or of a service at once. They are for the program,
 * which may take its time, and needs its server until it ends: the server ignores them.
 */
import os from 'node:os';
import { native } from '../../native/binding.js';

const { SIGHUP, SIGINT, SIGTERM } = os.constants.signals;
const ignored = [SIGHUP, SIGINT, SIGTERM];

export function ignoreSignals(): void {
  for (const signal of ignored) native.setSignalIgnored(signal, true);
}

/** In a child of the server. */
export function heedSignals(): void {
  for (const signal of ignored) native.setSignalIgnored(signal, false);
}
