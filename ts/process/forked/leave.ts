/**
 * The end of a forked child. It must leave by `_exit`: Node's own way joins threads of its platform
 * that do not exist here, and finds the parent's main module still awaiting something. So the end of
 * an empty event loop becomes an exit as by `process.exit()`; and all ways out emit `exit` first.
 */
import { EventEmitter } from 'node:events';
import { normalizeExitCode } from '../exit-status.js';
import type { Inheritance } from './inheritance.js';

// As on the prototype, so that nothing that the parent put over it comes along.
const { emit } = EventEmitter.prototype;

/** Child side. */
export function leaveByExitNow({
  process,
  native,
  writeCoverage,
}: Pick<Inheritance, 'process' | 'native' | 'writeCoverage'>): void {
  function leave(code: unknown): never {
    try {
      writeCoverage();
    } finally {
      native.exitNow(normalizeExitCode(code));
    }
    throw new Error('unreachable');
  }
  function emitExit(args: unknown[]): never {
    try {
      emit.call(process, 'exit', ...args);
    } finally {
      leave(process.exitCode ?? args[0]);
    }
  }
  process.reallyExit = leave;
  process.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === 'exit') return emitExit(args);
    const hadListeners = emit.call(process, event, ...args);
    // No listener has found anything more to do; and none has thrown, which is an uncaught error.
    if (event === 'beforeExit' && !native.loopIsAlive()) exit(process);
    return hadListeners;
  };
}

/** As `process.exit()` does, of which a child would have to compile more than it needs. */
function exit(process: Inheritance['process']): void {
  process._exiting = true;
  process.emit('exit', process.exitCode ?? 0);
}
