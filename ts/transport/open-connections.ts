/** The connections that are open in this thread, for the layers that start and end processes. */
import { registerAfterFork } from '../lifecycle/after-fork.js';

/** An end of a connection. */
export interface OpenEnd {
  close(): void;
  markShared(): void;
  /** In a forked child, where the native handles of the parent are closed already. */
  afterFork(): void;
}

type Ends = Map<number, WeakRef<OpenEnd>>;

const ends: Ends = new Map();
const collected = new FinalizationRegistry<number>((id) => ends.delete(id));
let nextId = 0;

// Once for all of them: closed ones cost a fork nothing.
registerAfterFork(
  ends,
  (inherited) => {
    for (const end of openOf(inherited)) end.afterFork();
  },
  new Map(),
);

/** Returns the id for `connectionClosed`. */
export function connectionOpened(end: OpenEnd): number {
  const id = nextId++;
  ends.set(id, new WeakRef(end));
  collected.register(end, id);
  return id;
}

export function connectionClosed(id: number): void {
  ends.delete(id);
}

function openOf(some: Ends): OpenEnd[] {
  return [...some.values()].flatMap((reference) => reference.deref() ?? []);
}

/** Closes every connection of this thread; what waits on them fails with ClosedError. */
export function closeAllConnections(): void {
  for (const end of openOf(ends)) end.close();
}

/**
 * From now on another process may use the same ends: sends take turns with it. The parent calls it
 * before it forks; the child does it by itself.
 */
export function markAllConnectionsShared(): void {
  for (const end of openOf(ends)) end.markShared();
}
