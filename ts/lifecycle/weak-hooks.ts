type Hook<R> = (object: object) => R;

interface Registration<R> {
  // Weak: being registered does not keep an object alive.
  readonly ref: WeakRef<object>;
  readonly hook: Hook<R>;
  readonly standIn: object | undefined;
}

/** What is to be called for objects, for as long as they are alive. */
export class WeakHooks<R = void> {
  readonly #registrations = new Map<number, Registration<R>>();
  readonly #collected = new FinalizationRegistry<number>((id) => this.#registrations.delete(id));
  #nextId = 0;

  /** Returns a function that takes the object out again. */
  register<T extends object>(object: T, hook: (object: T) => R, standIn?: T): () => void {
    const id = this.#nextId++;
    this.#registrations.set(id, { ref: new WeakRef(object), hook: hook as Hook<R>, standIn });
    this.#collected.register(object, id);
    return () => this.#registrations.delete(id);
  }

  /** Calls every hook, in the order of registration. @returns What they return. */
  run(on: 'objects' | 'stand-ins' = 'objects'): R[] {
    return [...this.#registrations.values()].flatMap(({ ref, hook, standIn }) => {
      const object = on === 'objects' ? ref.deref() : standIn;
      return object === undefined ? [] : [hook(object)];
    });
  }
}
