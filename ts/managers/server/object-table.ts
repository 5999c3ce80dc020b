import { ManagedLock } from '../managed/lock.js';
import type { ManagedType } from './managed-type.js';

/** An object of the server. */
export class Entry {
  readonly id: number;
  readonly object: unknown;
  readonly type: ManagedType;
  readonly exposed: readonly string[];
  readonly #methods: ReadonlySet<string>;
  #lock: ManagedLock | undefined;
  /** How often clients, and proxies on their way to one, hold it. */
  holds = 0;
  /** A proxy of it was made for the server itself, so that it may lie in another object. */
  isReferred = false;

  constructor(id: number, object: unknown, type: ManagedType) {
    this.id = id;
    this.object = object;
    this.type = type;
    this.exposed = type.exposedOf(object);
    this.#methods = new Set(this.exposed);
  }

  /** Of `withLock`; it hinders nothing else. */
  get lock(): ManagedLock {
    this.#lock ??= new ManagedLock();
    return this.#lock;
  }

  exposes(method: string): boolean {
    return this.#methods.has(method);
  }
}

/** What there is to do when V8 has freed an entry. */
interface Remains {
  readonly id: number;
  readonly dispose: (() => void) | undefined;
}

// Does not refer to the entry; and to the object only if there is something to be done with it, since an object may
// refer to its own entry.
function remainsOf({ id, object, type }: Entry): Remains {
  const dispose = type.needsDisposal(object) ? () => type.dispose(object) : undefined;
  return { id, dispose };
}

/**
 * The objects of a server. Those that clients hold, it keeps; the others live as long as one of these refers to them:
 * a list in a dict.
 */
export class ObjectTable {
  readonly #byId = new Map<number, WeakRef<Entry>>();
  readonly #held = new Set<Entry>();
  readonly #collected = new FinalizationRegistry<Remains>(({ id, dispose }) => {
    this.#byId.delete(id);
    dispose?.();
  });
  #lastId = 0;

  /** How many objects there are. */
  get size(): number {
    // Those that V8 has freed may still have a place.
    return this.entries().length;
  }

  add(object: unknown, type: ManagedType): Entry {
    const entry = new Entry(++this.#lastId, object, type);
    this.#byId.set(entry.id, new WeakRef(entry));
    this.#collected.register(entry, remainsOf(entry), entry);
    return entry;
  }

  find(id: number): Entry | undefined {
    return this.#byId.get(id)?.deref();
  }

  entries(): Entry[] {
    return [...this.#byId.values()].flatMap((reference) => reference.deref() ?? []);
  }

  hold(entry: Entry): void {
    entry.holds++;
    this.#held.add(entry);
  }

  release(entry: Entry, times = 1): void {
    entry.holds -= times;
    if (entry.holds > 0) return;
    this.#held.delete(entry);
    // Otherwise V8 tells when nothing refers to it any more.
    if (!entry.isReferred) this.#drop(entry);
  }

  /** Lets go of all. */
  clear(): void {
    for (const entry of this.entries()) this.#drop(entry);
    this.#held.clear();
  }

  #drop(entry: Entry): void {
    this.#byId.delete(entry.id);
    this.#collected.unregister(entry);
    entry.type.dispose(entry.object);
  }
}
