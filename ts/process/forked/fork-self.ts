/**
 * A fork of this very process, at the next safepoint of its event loop. The child goes on from here with
 * nothing of its parent's business: no timer, handle, listener or random value of it is left.
 */
import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers';
import { ForkUnsupportedError } from '../../errors.js';
import { runAfterForkHooks } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';
import { decode, encode } from '../../serialization/pickle.js';
import { report } from '../bootstrap.js';
import { endWhenIdle, leaveByExitNow } from '../exit.js';
import type { Launched } from '../launcher.js';
import { detachInput } from '../stdio.js';
import { findInternalTimers } from './internal-timers.js';
import { findLoaderThread, silenceLoaderThread } from './loader-thread.js';
import { findRandomStores, newGenerator, renewRandomness } from './renew-randomness.js';
import { silenceHandles } from './silence-handles.js';
import { silenceListeners } from './silence-listeners.js';
import { silenceTimers } from './silence-timers.js';

/** What becomes of the child. */
export interface ForkedRole {
  /** Names the child in the report of an error, should it not even get to `begin`. */
  readonly name: string;
  /** Whether the kernel kills the child when this process ends. */
  readonly diesWithParent: boolean;
  /** Called in the child when everything of the parent is silent. */
  begin(): void;
}

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

/** Resolves in the parent only. */
export function forkSelf(role: ForkedRole): Promise<Launched> {
  prepareParent();
  return new Promise((resolve, reject) => {
    native.fork(
      withHelpers(),
      role.diesWithParent,
      (error, pid, handle, busyThreads, hasHelpers) => {
        if (error !== null) return reject(error);
        if (pid === 0) {
          // A helper that was not parked has left a task half done.
          const helpersWork = hasHelpers && busyThreads === 0;
          return root.runInAsyncScope(enterChild, undefined, role, helpersWork);
        }
        if (busyThreads > 0) warnOfBusyThreads(busyThreads);
        resolve({ pid, handle });
      },
    );
  });
}

// Made when the module is loaded, so outside every AsyncLocalStorage context of the program: none
// leaks into a child.
const root = new AsyncResource('MultiprocessingChild');

let isPrepared = false;
let loaderThread: object | undefined;

/**
 * Once, before the first fork: finds what the child will have to silence, and runs what can be run
 * here of the code that each child runs first. Compiled once, it need not be compiled in every child.
 */
function prepareParent(): void {
  if (isPrepared) return;
  findInternalTimers();
  loaderThread = findLoaderThread();
  findRandomStores();
  silenceTimers({ timerListMap: {}, immediateQueue: { head: null } });
  silenceListeners(new EventEmitter().on('exit', () => {}));
  newGenerator();
  decode(encode({ rehearsal: [process.pid, 'text', 0.5] }));
  isPrepared = true;
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

function enterChild(role: ForkedRole, helpersWork: boolean): void {
  try {
    becomeForkedChild(role, helpersWork);
  } catch (error) {
    // Half a child must not go on.
    report(role.name, error);
    native.exitNow(1);
  }
}

/**
 * In the child, in the same turn of the event loop as the fork: whatever belongs to the parent must be
 * silent before the loop turns.
 */
function becomeForkedChild(role: ForkedRole, helpersWork: boolean): void {
  // A cached data property of Node.
  Object.defineProperty(process, 'pid', {
    value: native.pid(),
    configurable: true,
    enumerable: true,
    writable: false,
  });
  process.exitCode = undefined;
  leaveByExitNow();
  if (!helpersWork) endWhenIdle();
  silenceTimers(findInternalTimers());
  silenceHandles();
  silenceListeners(process);
  silenceLoaderThread(loaderThread);
  process.setUncaughtExceptionCaptureCallback(null);
  runAfterForkHooks();
  renewRandomness();
  detachInput();
  // Whoever was told of this child may have sent one already: it must not meet the parent's listeners.
  native.unblockSignals();
  // Two turns: in the first the closed handles complete their requests, and then those of the
  // parent's thread pool are left over.
  setImmediate(() =>
    setImmediate(() => {
      native.forgetRequests();
      role.begin();
    }),
  );
}
