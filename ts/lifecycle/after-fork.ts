/**
 * What objects do in a child just forked, before anything else runs there: a handle of the parent
 * is let go, a wait of the parent is forgotten. Runs in the forked child only.
 */

type Hook = (object: object) => void;

interface Registration {
  // Weak: being registered does not keep an object alive.
  readonly ref: WeakRef<object>;
  readonly hook: Hook;
  readonly standIn: object | undefined;
}

const objects = new Map<number, Registration>();
const collected = new FinalizationRegistry<number>((id) => objects.delete(id));
let nextId = 0;

/**
 * Calls `hook(object)` in every child that this process forks while `object` is alive.
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
  const id = nextId++;
  objects.set(id, { ref: new WeakRef(object), hook: hook as Hook, standIn });
  collected.register(object, id);
  return () => objects.delete(id);
}

/**
 * Calls every hook, in the order of registration.
 * @param on - In a child `'objects'`. `'stand-ins'` in its parent, where only those are touched.
 */
export function runAfterForkHooks(on: 'objects' | 'stand-ins'): void {
  for (const { ref, hook, standIn } of [...objects.values()]) {
    const object = on === 'objects' ? ref.deref() : standIn;
    if (object !== undefined) hook(object);
  }
}
