const destination = Symbol('destination');

/** Over which connection a payload goes: a Client or a Session; undefined: over none of a manager. */
export function destinationOf(scratch: ReadonlyMap<unknown, unknown>): unknown {
  return scratch.get(destination);
}

/** The scratch of the payloads that go to one destination. */
export class Scratch {
  readonly #destination: object;
  #unused = new Map<unknown, unknown>();

  constructor(to: object) {
    this.#destination = to;
  }

  /** For the next payload: the same map, since hardly any puts anything into it. */
  get map(): Map<unknown, unknown> {
    if (this.#unused.size !== 1) this.#unused = new Map([[destination, this.#destination]]);
    return this.#unused;
  }
}
