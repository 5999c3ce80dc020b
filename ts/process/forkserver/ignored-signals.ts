/**
 * Signals that come to all processes of a terminal or of a service at once. They are for the program,
 * which may take its time, and needs its server until it ends: the server ignores them, its children do not.
 */
import os from 'node:os';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';

const { SIGHUP, SIGINT, SIGTERM } = os.constants.signals;
const ignored = [SIGHUP, SIGINT, SIGTERM];

export function ignoreSignals(): void {
  for (const signal of ignored) native.setSignalIgnored(signal, true);
  // In a child before any signal gets there: none may be lost from when its parent knows of it.
  registerAfterFork(ignored, heedSignals);
}

function heedSignals(signals: readonly number[]): void {
  for (const signal of signals) native.setSignalIgnored(signal, false);
}
