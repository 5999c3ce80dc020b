/**
 * A forked child leaves its memory to a process that frees it after the child's end, so that nobody who
 * waits for the child waits for that. It is a child of this process, too, and is reaped here.
 */
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { native, type PollWatcher, READABLE } from '../native/binding.js';

/** Each with what watches its handle. */
const undertakers = new Map<number, PollWatcher>();

// In a forked child they are siblings, and the watchers are closed already.
registerAfterFork(undertakers, (inherited) => {
  for (const handle of inherited.keys()) native.closeFd(handle);
  inherited.clear();
});

/** To be called once, when this child of the process has ended. */
export function awaitUndertakerOf(child: number): void {
  // For who joins one after the other, and never comes back to the event loop: the oldest end first.
  for (const handle of undertakers.keys()) if (!reap(handle)) break;
  const handle = native.takeUndertakerOf(child);
  if (handle < 0) return;
  native.adoptFd(handle);
  const watcher = new native.PollWatcher(handle, () => reap(handle));
  watcher.start(READABLE, false);
  undertakers.set(handle, watcher);
}

/** Whether it has ended. */
function reap(handle: number): boolean {
  if (native.tryReap(handle) === null) return false;
  undertakers.get(handle)?.close();
  undertakers.delete(handle);
  native.closeFd(handle);
  return true;
}
