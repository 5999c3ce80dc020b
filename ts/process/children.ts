/** The children of this process that have not been seen to end. */
import { registerAfterFork } from '../lifecycle/after-fork.js';
import type { ChildHandle } from './child-handle.js';
import type { Runnable } from './launcher.js';

export interface Child {
  readonly daemon: boolean;
  /** It goes on when this process ends. */
  readonly detached: boolean;
  readonly handle: ChildHandle;
  /** The process object. */
  readonly process: Runnable;
}

const children = new Set<Child>();

// In a forked child they are siblings.
registerAfterFork(children, (set) => set.clear(), new Set());

export function addChild(child: Child): void {
  children.add(child);
}

export function removeChild(child: Child): void {
  children.delete(child);
}

/** Those that run, oldest first. Takes the exit codes of the others. */
export function runningChildren(): Child[] {
  // poll() removes a child that has ended.
  return [...children].filter((child) => child.handle.poll() === null);
}
