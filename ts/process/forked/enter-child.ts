/** The first that a forked child does. */
import { setImmediate } from 'node:timers';
import { runAfterForkHooks } from '../../lifecycle/after-fork.js';
import { report } from '../bootstrap.js';
import { closeInspector } from '../inspector.js';
import { detachInput } from '../stdio.js';
import type { Inheritance } from './inheritance.js';
import { leaveByExitNow } from './leave.js';
import { silenceLoaderThread } from './loader-thread.js';
import { renewRandomness } from './renew-randomness.js';
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

/**
 * Child side, in the callback of the fork.
 * @param inspectorEnded - The inspector's thread did not come along, and its connections are gone.
 */
export function enterChild(
  inheritance: Inheritance,
  role: ForkedRole,
  inspectorEnded: boolean,
): void {
  try {
    // First of all: any new thread would disturb it.
    if (inspectorEnded) closeInspector();
    renounce(inheritance);
  } catch (error) {
    // Half a child must not go on.
    report(role.name, error);
    inheritance.native.exitNow(1);
  }
  begin(inheritance, role);
}

/**
 * Lets go of what belongs to the parent, in the same turn of the event loop as the fork: it must be
 * silent before the loop turns.
 */
function renounce(inheritance: Inheritance): void {
  const { process, native } = inheritance;
  // A cached data property of Node.
  Object.defineProperty(process, 'pid', {
    value: native.pid(),
    configurable: true,
    enumerable: true,
    writable: false,
  });
  process.exitCode = undefined;
  leaveByExitNow(inheritance);
  silenceTimers(inheritance.timers);
  silenceHandles(inheritance);
  silenceListeners(process);
  silenceLoaderThread(inheritance.loaderThread);
  if (process.hasUncaughtExceptionCaptureCallback()) {
    process.setUncaughtExceptionCaptureCallback(null);
  }
  runAfterForkHooks(inheritance.hooksRunOn);
  renewRandomness(inheritance);
  detachInput(process, native);
  // Whoever was told of this child may have sent one already: it must not meet the parent's listeners.
  native.unblockSignals();
}

function begin({ native, resetCoverage }: Inheritance, role: ForkedRole): void {
  resetCoverage();
  if (!native.hasRequests()) {
    role.begin();
    return;
  }
  // Two turns: in the first the closed handles complete their requests, and then those of the
  // parent's thread pool are left over.
  setImmediate(() =>
    setImmediate(() => {
      native.forgetRequests();
      role.begin();
    }),
  );
}
