/** The objects of threads that run, and were started by this one. */
import { registerAfterFork } from '../lifecycle/after-fork.js';

export const running = new Set<object>();

// A fork has none of its parent's threads.
registerAfterFork(running, (set) => set.clear(), new Set());
