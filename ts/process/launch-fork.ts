/**
 * The start method `fork`. Processes: the parent, and its child, which is a copy of it. No message
 * goes between them at the start: target and arguments are in the memory that the child inherits.
 * The parent keeps the pidfd; nothing else is shared on purpose.
 */
import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers';
import { isMainThread } from 'node:worker_threads';
import { ForkUnsupportedError } from '../errors.js';
import { runAfterForkHooks } from '../lifecycle/after-fork.js';
import { native } from '../native/binding.js';
import { decode, encode } from '../serialization/pickle.js';
import { markAllConnectionsShared } from '../transport/open-connections.js';
import { report, runChild } from './bootstrap.js';
import { endWhenIdle, leaveByExitNow } from './exit.js';
import { findInternalTimers } from './forked/internal-timers.js';
import { findRandomStores, newGenerator, renewRandomness } from './forked/renew-randomness.js';
import { silenceHandles } from './forked/silence-handles.js';
import { silenceListeners } from './forked/silence-listeners.js';
import { silenceTimers } from './forked/silence-timers.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import { detachInput, flushOutput } from './stdio.js';
import { becomeChild } from './this-process.js';

export const forkLauncher: Launcher = {
  method: 'fork',

  requireSupport() {
    if (!isMainThread) {
      throw new ForkUnsupportedError(
        'fork does not work in a worker_thread: the child would have no main thread. ' +
          'Use the start method spawn there',
      );
    }
    const cause = process.platform === 'win32' ? undefined : native.forkSupport?.();
    if (cause === undefined && process.platform === 'linux') return;
    throw new ForkUnsupportedError(
      `fork is not supported with this C library or runtime (${process.platform}, ` +
        `Node ${process.version}). Use the start method spawn`,
      { cause },
    );
  },

  async launch(request: LaunchRequest): Promise<Launched> {
    prepareParent();
    await flushOutput();
    markAllConnectionsShared();
    return new Promise((resolve, reject) => {
      native.fork(withHelpers(), (error, pid, handle, busyThreads, hasHelpers) => {
        if (error !== null) return reject(error);
        if (pid === 0) {
          // A helper that was not parked has left a task half done.
          const helpersWork = hasHelpers && busyThreads === 0;
          return root.runInAsyncScope(enterChild, undefined, request, helpersWork);
        }
        if (busyThreads > 0) warnOfBusyThreads(busyThreads);
        resolve({ pid, handle });
      });
    });
  },
};

// Made when the module is loaded, so outside every AsyncLocalStorage context of the program: none
// leaks into a child.
const root = new AsyncResource('MultiprocessingChild');

let isPrepared = false;

/**
 * Once, before the first fork: finds what the child will have to silence, and runs what can be run
 * here of the code that each child runs first. Compiled once, it need not be compiled in every child.
 */
function prepareParent(): void {
  if (isPrepared) return;
  findInternalTimers();
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

function enterChild(request: LaunchRequest, helpersWork: boolean): void {
  try {
    becomeForkedChild(request, helpersWork);
  } catch (error) {
    // Half a child must not go on.
    report(request.config.name, error);
    native.exitNow(1);
  }
}

/**
 * In the child, in the same turn of the event loop as the fork: whatever belongs to the parent must be
 * silent before the loop turns.
 */
function becomeForkedChild(request: LaunchRequest, helpersWork: boolean): void {
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
  process.setUncaughtExceptionCaptureCallback(null);
  runAfterForkHooks();
  renewRandomness();
  detachInput();
  // Two turns: in the first the closed handles complete their requests, and then those of the
  // parent's thread pool are left over.
  setImmediate(() => setImmediate(() => begin(request)));
}

function begin(request: LaunchRequest): void {
  native.forgetRequests();
  becomeChild(request.config);
  void runChild(request);
}
