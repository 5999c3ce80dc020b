/** What objects do in a process that is about to fork: they may hold for the child what it inherits. */
import { WeakHooks } from './weak-hooks.js';

/** What is to be done in that child. */
type InChild = () => void;

const hooks = new WeakHooks<InChild | undefined>();

/**
 * Calls `hook(object)` before every fork of this process while `object` is alive, and what that returns in the child.
 * @returns A function that takes the object out again.
 */
export function registerBeforeFork<T extends object>(
  object: T,
  hook: (object: T) => InChild | undefined,
): () => void {
  return hooks.register(object, hook);
}

/** @returns What is to be called in the child, after everything of the parent was let go. */
export function runBeforeForkHooks(): InChild {
  const all = hooks.run();
  return () => {
    for (const inChild of all) inChild?.();
  };
}
