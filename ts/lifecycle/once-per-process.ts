/** What is done to an object once in a process. The pid tells a forked child, where it is to be done again. */
export class OncePerProcess {
  readonly #doneBy = new WeakMap<object, number>();

  /** Whether this is the first call for the object in this process. */
  isFirst(object: object): boolean {
    if (this.#doneBy.get(object) === process.pid) return false;
    this.#doneBy.set(object, process.pid);
    return true;
  }
}
