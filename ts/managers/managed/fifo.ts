/** First in, first out, of any length: `Array.prototype.shift` moves all the rest. */
export class Fifo<T> {
  #in: T[] = [];
  // Turned round: the next one is the last.
  #out: T[] = [];

  get length(): number {
    return this.#in.length + this.#out.length;
  }

  push(item: T): void {
    this.#in.push(item);
  }

  shift(): T | undefined {
    if (this.#out.length === 0) {
      this.#out = this.#in.reverse();
      this.#in = [];
    }
    return this.#out.pop();
  }
}
