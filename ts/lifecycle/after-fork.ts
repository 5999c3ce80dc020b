/**
 * What objects do in a child just forked, before anything else runs there: a handle of the parent
 * is let go, a wait of the parent is forgotten. Runs in the forked child only.
 */

type Hook = (object: object) => void;

export interface Registration {
  // Weak: being registered does not keep an object alive.
  readonly ref: WeakRef<object>;
  readonly hook: Hook;
}

const objects = new Map<number, Registration>();
const collected = new FinalizationRegistry<number>((id) => objects.delete(id));
let nextId = 0;

/**
 * Calls `hook(object)` in every child that this process forks while `object` is alive.
 * @returns A function that takes the object out again, for when it is closed: what is registered
 * costs every fork some time.
 * @see Python: `multiprocessing.util.register_after_fork`
 */
export function registerAfterFork<T extends object>(
  object: T,
  hook: (object: T) => void,
): () => void {
  const id = nextId++;
  objects.set(id, { ref: new WeakRef(object), hook: hook as Hook });
  collected.register(object, id);
  return () => objects.delete(id);
}

/** Calls every hook, in the order of registration. A rehearsal gives hooks of its own. */
export function runAfterForkHooks(
  registrations: readonly Registration[] = [...objects.values()],
): void {
  for (const { ref, hook } of registrations) {
    const object = ref.deref();
    if (object !== undefined) hook(object);
  }
}
