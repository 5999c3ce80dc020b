/** What objects do in a process that is about to fork: they may hold for the child what it inherits. */
import { WeakHooks } from './weak-hooks.js';

const hooks = new WeakHooks();

/**
 * Calls `hook(object)` before every fork of this process while `object` is alive.
 * @returns A function that takes the object out again.
 */
export function registerBeforeFork<T extends object>(
  object: T,
  hook: (object: T) => void,
): () => void {
  return hooks.register(object, hook);
}

export function runBeforeForkHooks(): void {
  hooks.run();
}
