/**
 * The end of a process that has children: daemonic ones are terminated, the others joined, as
 * Python's does; detached ones are left alone. And the end of a forked child, which cannot go the ordinary way.
 */
import { native } from '../native/binding.js';
import { deadlineAfter } from '../time.js';
import { closeAllConnections } from '../transport/open-connections.js';
import { type Child, runningChildren } from './children.js';
import { normalizeExitCode } from './exit-status.js';

// How long a daemonic child may take to end by SIGTERM before it gets SIGKILL: nobody waits longer
// for something that is not worth waiting for.
const DAEMON_GRACE_MS = 1000;

let installed: number | undefined;

/** Sees to it that children are not left behind. Once per process. */
export function installExitHandling(): void {
  if (installed === process.pid) return;
  installed = process.pid;
  process.on('beforeExit', onIdle);
  process.on('exit', onExit);
}

// The event loop has nothing left but children, as when a Python program reaches its last line.
function onIdle(): void {
  for (const { daemon, handle } of attachedChildren()) {
    if (daemon) handle.kill('SIGTERM');
    else handle.keepAlive();
  }
}

// No JavaScript of this process runs after this, so nobody needs its connections any more; closed,
// they tell children that wait for a message that none will come.
function onExit(): void {
  closeAllConnections();
  const children = attachedChildren();
  const daemons = children.filter((child) => child.daemon);
  for (const { handle } of daemons) handle.kill('SIGTERM');
  const deadline = deadlineAfter(DAEMON_GRACE_MS);
  for (const { handle } of daemons) {
    if (handle.waitSync(deadline) === null) handle.kill('SIGKILL');
  }
  for (const { handle } of children) handle.waitSync(Number.POSITIVE_INFINITY);
}

function attachedChildren(): Child[] {
  return runningChildren().filter((child) => !child.detached);
}

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;
// As on the prototype, so that nothing that the parent put over it comes along.
const emit: Emit = Object.getPrototypeOf(process).emit;

/**
 * Child side of a fork. Such a process must leave by `_exit`: Node's own way joins threads of its
 * platform that do not exist here, and finds the parent's main module still awaiting something. So
 * the end of an empty event loop becomes a `process.exit()`; and all ways out emit `exit` first.
 */
export function leaveByExitNow(): void {
  (process as unknown as { reallyExit: typeof leave }).reallyExit = leave;
  process.emit = emitInChild as typeof process.emit;
}

function emitInChild(this: unknown, event: string | symbol, ...args: unknown[]): boolean {
  if (event === 'exit') return emitExit(args);
  const hadListeners = emit.call(process, event, ...args);
  // No listener has found anything more to do; and none has thrown, which is an uncaught error.
  if (event === 'beforeExit' && !native.loopIsAlive()) process.exit();
  return hadListeners;
}

function emitExit(args: unknown[]): never {
  try {
    emit.call(process, 'exit', ...args);
  } finally {
    leave(process.exitCode ?? args[0]);
  }
}

/**
 * Child side of a fork without V8's helper threads. When the event loop is empty, Node waits until
 * the helpers have done all their tasks, and so for ever. So the end of the loop is noticed before
 * Node does, and what Node does then is done here, in the same order.
 */
export function endWhenIdle(): void {
  native.watchForIdle(
    () => process.emit('beforeExit', Number(process.exitCode ?? 0)),
    () => process.exit(),
  );
}

function leave(code: unknown): never {
  native.exitNow(normalizeExitCode(code));
  throw new Error('unreachable');
}
