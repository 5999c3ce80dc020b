import os from 'node:os';

// 'newListener' and 'removeListener' start and stop Node's watching of signals, and 'warning' prints
// warnings: these are Node's own.
const ofTheParent = new Set<string | symbol>([
  'beforeExit',
  'disconnect',
  'exit',
  'message',
  'multipleResolves',
  'rejectionHandled',
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'unhandledRejection',
  'worker',
  ...Object.keys(os.constants.signals),
]);

/** Child side. Removes what the parent wants to be told about its own process. */
export function silenceListeners(emitter: NodeJS.EventEmitter): void {
  for (const event of emitter.eventNames()) {
    if (ofTheParent.has(event)) emitter.removeAllListeners(event);
  }
}
