/**
 * The end of a process that has children: daemonic ones are terminated, the others joined, as
 * Python's does; detached ones are left alone.
 */
import { OncePerProcess } from '../lifecycle/once-per-process.js';
import { info } from '../logging/emit.js';
import { deadlineAfter } from '../time.js';
import { closeAllConnections } from '../transport/open-connections.js';
import { type Child, runningChildren } from './children.js';
import { ownConfig } from './this-process.js';

// How long a daemonic child may take to end by SIGTERM before it gets SIGKILL: nobody waits longer
// for something that is not worth waiting for.
const DAEMON_GRACE_MS = 1000;

// A forked child has lost the listeners of its parent.
const installed = new OncePerProcess();

/** Sees to it that children are not left behind. Once per process. */
export function installExitHandling(
  self: NodeJS.EventEmitter = process,
  listChildren: () => Child[] = attachedChildren,
): void {
  if (!installed.isFirst(self)) return;
  self.on('beforeExit', () => onIdle(listChildren()));
  self.on('exit', (code: number) => {
    info('process shutting down');
    onExit(listChildren());
    if (ownConfig() !== undefined) info('process exiting with exitcode %d', code);
  });
}

// The event loop has nothing left but children, as when a Python program reaches its last line.
function onIdle(children: Child[]): void {
  for (const child of children) {
    const { daemon, handle } = child;
    if (daemon) terminate(child);
    else handle.keepAlive();
  }
}

function onExit(children: Child[]): void {
  if (children.length === 0) return;
  // No JavaScript of this process runs after this, so nobody needs its connections any more; closed,
  // they tell children that wait for a message that none will come.
  closeAllConnections();
  const daemons = children.filter((child) => child.daemon);
  daemons.forEach(terminate);
  const deadline = deadlineAfter(DAEMON_GRACE_MS);
  for (const { handle } of daemons) {
    if (handle.waitSync(deadline) === null) handle.kill('SIGKILL');
  }
  for (const { handle, process } of children) {
    info('calling join() for process %s', process.name);
    handle.waitSync(Number.POSITIVE_INFINITY);
  }
}

function terminate({ handle, process }: Child): void {
  info('calling terminate() for daemon %s', process.name);
  handle.kill('SIGTERM');
}

function attachedChildren(): Child[] {
  return runningChildren().filter((child) => !child.detached);
}
