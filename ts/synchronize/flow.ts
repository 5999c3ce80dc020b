/**
 * Which flow of asynchronous calls this is: what tells the holders of an RLock apart within a thread. A flow
 * begins with an acquisition, and goes along with AsyncLocalStorage into all that is called or awaited from there.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';

export interface Flow {
  /** The flow that it is a part of; only as long as that holds something. */
  readonly parent: Flow | undefined;
  /** How many locks it holds. */
  holds: number;
  /**
   * It began in this very piece of code, and nobody has awaited anything since. Code that finds itself in such a
   * flow was called after the one that has begun it, but not by it.
   */
  isFresh: boolean;
}

let storage: AsyncLocalStorage<Flow> | undefined;

// Only where there is an RLock: in some versions of Node it makes every promise cost more.
function getStorage(): AsyncLocalStorage<Flow> {
  storage ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)<Flow>();
  return storage;
}

/** Whether this code is a part of the flow. */
export function isWithin(flow: Flow | undefined, { evenIfFresh = false } = {}): boolean {
  if (flow === undefined || (flow.isFresh && !evenIfFresh)) return false;
  for (let at = getStorage().getStore(); at !== undefined; at = at.parent) {
    if (at === flow) return true;
  }
  return false;
}

/** A flow that is a part of this one; to be entered. */
export function makeFlow(): Flow {
  let parent = getStorage().getStore();
  while (parent !== undefined && (parent.isFresh || parent.holds === 0)) parent = parent.parent;
  return { parent, holds: 0, isFresh: false };
}

/** From here on, in what is called or awaited from here, this is the flow. */
export function enterFlow(flow: Flow): void {
  flow.isFresh = true;
  // Before the caller goes on who awaits the acquisition, and after all that is called here and now.
  queueMicrotask(() => {
    flow.isFresh = false;
  });
  getStorage().enterWith(flow);
}

/** Runs a function as the flow, which the caller does not become a part of. */
export function runInFlow<T>(flow: Flow, fn: () => T): T {
  return getStorage().run(flow, fn);
}
