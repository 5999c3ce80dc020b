/** What objects do at the very end of a process that ends by itself, not when it is killed. */
import { registerAfterFork } from './after-fork.js';
import { WeakHooks } from './weak-hooks.js';

const hooks = new WeakHooks();
let isListening = false;

/**
 * Calls `hook(object)` at the process's exit while `object` is alive. It must not wait for anything.
 * @returns A function that takes the object out again.
 * @see Python: `multiprocessing.util.Finalize` with an `exitpriority`
 */
export function registerAtExit<T extends object>(object: T, hook: (object: T) => void): () => void {
  listen();
  return hooks.register(object, hook);
}

function listen(): void {
  if (isListening) return;
  isListening = true;
  // Before others that take their time, such as the one that awaits children.
  process.prependListener('exit', () => hooks.run());
}

// A forked child has lost the listeners of its parent.
registerAfterFork(hooks, () => {
  if (!isListening) return;
  isListening = false;
  listen();
});
