/** Numbers the objects of a payload in the order in which they are met. */

// Few objects are found faster by looking at each than by hashing.
const SCANNED = 16;

export class IdentityTable {
  #few: (object | undefined)[] = new Array(SCANNED).fill(undefined);
  #many: Map<object, number> | undefined;
  #count = 0;

  /** The number of the object, or -1. */
  find(object: object): number {
    if (this.#many !== undefined) return this.#many.get(object) ?? -1;
    const few = this.#few;
    for (let i = 0; i < this.#count; i++) if (few[i] === object) return i;
    return -1;
  }

  add(object: object): void {
    const number = this.#count++;
    if (number < SCANNED) this.#few[number] = object;
    else this.#addToMany(object, number);
  }

  #addToMany(object: object, number: number): void {
    if (this.#many === undefined) {
      this.#many = new Map();
      for (let i = 0; i < SCANNED; i++) this.#many.set(this.#few[i]!, i);
    }
    this.#many.set(object, number);
  }

  /** Forgets all, so that nothing is kept alive between two payloads. */
  clear(): void {
    const used = Math.min(this.#count, SCANNED);
    for (let i = 0; i < used; i++) this.#few[i] = undefined;
    this.#many = undefined;
    this.#count = 0;
  }
}
