/**
 * A fork of this very process, at the next safepoint of its event loop. The child goes on from here with
 * nothing of its parent's business: no timer, handle, listener or random value of it is left.
 */
import { AsyncResource } from 'node:async_hooks';
import { ForkUnsupportedError } from '../../errors.js';
import { silently } from '../../logging/emit.js';
import { native } from '../../native/binding.js';
import { resetCoverage, writeCoverage } from '../coverage.js';
import { inspectorPort } from '../inspector.js';
import type { Launched } from '../launcher.js';
import { enterChild, type ForkedRole } from './enter-child.js';
import type { Inheritance, InheritedProcess } from './inheritance.js';
import { findInternalTimers } from './internal-timers.js';
import { findLoaderThread } from './loader-thread.js';
import { rehearse } from './rehearsal.js';
import { findRandomStores } from './renew-randomness.js';

/** @throws {ForkUnsupportedError} when a safe fork is not possible with this libc or runtime. */
export function requireFork(): void {
  const cause = process.platform === 'win32' ? undefined : native.forkSupport?.();
  if (cause === undefined && process.platform === 'linux') return;
  throw new ForkUnsupportedError(
    `fork is not supported with this C library or runtime (${process.platform}, ` +
      `Node ${process.version}). Use the start method spawn`,
    { cause },
  );
}

type OnForked = Parameters<typeof native.fork>[3];

/** Resolves in the parent only. */
export function forkSelf(role: ForkedRole): Promise<Launched> {
  prepared ??= prepareParent();
  const inheritance = { ...prepared, randomStores: findRandomStores() };
  return new Promise((resolve, reject) => {
    const onForked: OnForked = (error, pid, handle, busyThreads, inspectorEnded) => {
      if (error !== null) return reject(error);
      if (pid === 0) {
        return root.runInAsyncScope(enterChild, undefined, inheritance, role, inspectorEnded);
      }
      if (busyThreads > 0) warnOfBusyThreads(busyThreads);
      resolve({ pid, handle });
    };
    native.fork(withHelpers(), role.diesWithParent, inspectorPort(), onForked);
  });
}

// Made when the module is loaded, so outside every AsyncLocalStorage context of the program: none
// leaks into a child.
const root = new AsyncResource('MultiprocessingChild');

let prepared: Omit<Inheritance, 'randomStores'> | undefined;

/** Before the first fork: finds what the children will have to get rid of. */
function prepareParent(): Omit<Inheritance, 'randomStores'> {
  const found = {
    process: process as unknown as InheritedProcess,
    globals: globalThis,
    math: Math,
    timers: findInternalTimers(),
    loaderThread: findLoaderThread(),
    hooksRunOn: 'objects' as const,
    resetCoverage,
    writeCoverage,
    native,
  };
  silently(() => root.runInAsyncScope(rehearse));
  return found;
}

// V8's helper threads come along into the child, which then compiles and collects as fast as any
// process. MULTIPROCESSING_FORK_HELPERS=0 leaves them behind, as happens by itself where a check fails.
const withHelpers = () => process.env['MULTIPROCESSING_FORK_HELPERS'] !== '0';

function warnOfBusyThreads(count: number): void {
  process.emitWarning(
    `A process was forked while ${count} of this process's threads were running; ` +
      'it may hang if one of them held a lock',
    { code: 'MP_FORK_BUSY_THREADS', type: 'MultiprocessingWarning' },
  );
}
