/**
 * What objects do in a child just forked, before anything else runs there: a handle of the parent
 * is let go, a wait of the parent is forgotten. Runs in the forked child only.
 */

type Hook = (object: object) => void;

// Weak: being registered does not keep an object alive.
const objects = new Map<number, { ref: WeakRef<object>; hook: Hook }>();
const collected = new FinalizationRegistry<number>((id) => objects.delete(id));
let nextId = 0;

/**
 * Calls `hook(object)` in every child that this process forks while `object` is alive.
 * @see Python: `multiprocessing.util.register_after_fork`
 */
export function registerAfterFork<T extends object>(object: T, hook: (object: T) => void): void {
  const id = nextId++;
  objects.set(id, { ref: new WeakRef(object), hook: hook as Hook });
  collected.register(object, id);
}

/** Calls every hook, in the order of registration. */
export function runAfterForkHooks(): void {
  for (const { ref, hook } of [...objects.values()]) {
    const object = ref.deref();
    if (object !== undefined) hook(object);
  }
}
