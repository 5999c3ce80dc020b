type Hook = (object: object) => void;

interface Registration {
  // Weak: being registered does not keep an object alive.
  readonly ref: WeakRef<object>;
  readonly hook: Hook;
  readonly standIn: object | undefined;
}

/** What is to be called for objects, for as long as they are alive. */
export class WeakHooks {
  readonly #registrations = new Map<number, Registration>();
  readonly #collected = new FinalizationRegistry<number>((id) => this.#registrations.delete(id));
  #nextId = 0;

  /** Returns a function that takes the object out again. */
  register<T extends object>(object: T, hook: (object: T) => void, standIn?: T): () => void {
    const id = this.#nextId++;
    this.#registrations.set(id, { ref: new WeakRef(object), hook: hook as Hook, standIn });
    this.#collected.register(object, id);
    return () => this.#registrations.delete(id);
  }

  /** Calls every hook, in the order of registration. */
  run(on: 'objects' | 'stand-ins' = 'objects'): void {
    for (const { ref, hook, standIn } of [...this.#registrations.values()]) {
      const object = on === 'objects' ? ref.deref() : standIn;
      if (object !== undefined) hook(object);
    }
  }
}
