/**
 * What objects do in a child just forked, before anything else runs there: a handle of the parent
 * is let go, a wait of the parent is forgotten. Runs in the forked child only.
 */
import { WeakHooks } from './weak-hooks.js';

const hooks = new WeakHooks();

/**
 * Calls `hook(object)` in every child that this process forks while `object` is alive.
 * @param hook - Not made where another function is made that uses the object: the functions of a scope have
 * their variables in common, so that the hook would keep the object alive.
 * @param standIn - Takes the place of the object in a rehearsal.
 * @returns A function that takes the object out again, for when it is closed: what is registered
 * costs every fork some time.
 * @see Python: `multiprocessing.util.register_after_fork`
 */
export function registerAfterFork<T extends object>(
  object: T,
  hook: (object: T) => void,
  standIn?: T,
): () => void {
  return hooks.register(object, hook, standIn);
}

/**
 * Calls every hook, in the order of registration.
 * @param on - In a child `'objects'`. `'stand-ins'` in its parent, where only those are touched.
 */
export function runAfterForkHooks(on: 'objects' | 'stand-ins'): void {
  hooks.run(on);
}
