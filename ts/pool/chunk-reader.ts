import { ToWorker } from './frames.js';
import type { Part } from './job.js';

type Input = Iterable<unknown> | AsyncIterable<unknown>;
type Step = IteratorResult<unknown>;

/** What the input came to: so many items, perhaps by an error. */
export interface InputEnd {
  readonly count: number;
  readonly failure: { readonly error: unknown } | undefined;
}

/** Reads an input in chunks, and no further ahead than it is told. Items are numbered as they are read. */
export class ChunkReader {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #chunksize: number;
  readonly #onRead: () => void;
  readonly #chunks: Part[] = [];
  #items: unknown[] = [];
  #count = 0;
  #isReading = false;
  #end: InputEnd | undefined;

  /** `onRead` is called when an asynchronous input has given something, or has ended. */
  constructor(input: Input, chunksize: number, onRead: () => void) {
    this.#iterator =
      Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
    this.#chunksize = chunksize;
    this.#onRead = onRead;
  }

  /** How many items have been read. */
  get count(): number {
    return this.#count;
  }

  /** Set when the input has ended, or was closed. */
  get end(): InputEnd | undefined {
    return this.#end;
  }

  get isExhausted(): boolean {
    return this.#end !== undefined && this.#chunks.length === 0;
  }

  /** The next chunk, if there is one now without reading more than `limit` items in all. */
  next(limit: number): Part | undefined {
    while (this.#chunks.length === 0 && this.#mayRead(limit)) this.#read();
    // Who waits for what is in an incomplete chunk must not wait for the rest of it.
    if (this.#count >= limit) this.#cut();
    return this.#chunks.shift();
  }

  /** Nobody wants the rest. An input that has ended by itself is not told to. */
  close(): void {
    this.#chunks.length = 0;
    this.#items = [];
    if (this.#end !== undefined) return;
    this.#end = { count: this.#count, failure: undefined };
    // What it has to say comes too late for anybody.
    Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }

  #mayRead(limit: number): boolean {
    return this.#end === undefined && !this.#isReading && this.#count < limit;
  }

  #read(): void {
    let step: Step | Promise<Step>;
    try {
      step = this.#iterator.next();
    } catch (error) {
      this.#finish({ error });
      return;
    }
    if (step instanceof Promise) this.#readLater(step);
    else this.#accept(step);
  }

  #readLater(step: Promise<Step>): void {
    this.#isReading = true;
    step
      .then(
        (result) => this.#accept(result),
        (error) => this.#finish({ error }),
      )
      .finally(() => {
        this.#isReading = false;
        this.#onRead();
      });
  }

  #accept({ done, value }: Step): void {
    if (this.#end !== undefined) return;
    if (done) {
      this.#finish(undefined);
      return;
    }
    this.#count++;
    this.#items.push(value);
    if (this.#items.length >= this.#chunksize) this.#cut();
  }

  #finish(failure: InputEnd['failure']): void {
    if (this.#end !== undefined) return;
    this.#cut();
    this.#end = { count: this.#count, failure };
  }

  #cut(): void {
    if (this.#items.length === 0) return;
    const index = this.#count - this.#items.length;
    this.#chunks.push({ index, tag: ToWorker.MAP, input: this.#items });
    this.#items = [];
  }
}
