/**
 * One payload while it is written: depth, and what was put off. The encoder adds the choice of how
 * each value is written; the files of the types are written against this class.
 */
import { PicklingError } from '../errors.js';
import type { PickleContext } from './contexts.js';
import { findSteps } from './find-steps.js';
import { MAX_DEPTH, MAX_LEVELS, MAX_NESTED } from './limits.js';
import { NumberedWriter, type PayloadOptions } from './numbered-writer.js';
import { Tag } from './tags.js';
import { explain, type Step } from './trail.js';

/** Writes what an object holds, after the object itself was announced. */
export type ContentWriter<T extends object = object> = (out: PayloadWriter, object: T) => void;

interface Deferred {
  readonly object: object;
  readonly write: ContentWriter;
  /** What was being written when this was put off: the way to `object` starts there. */
  readonly from: object | undefined;
  readonly parent: Deferred | undefined;
}

function asObject(value: unknown): object | undefined {
  return typeof value === 'object' ? (value ?? undefined) : undefined;
}

export abstract class PayloadWriter extends NumberedWriter {
  #depth = 0;
  #levels = 0;
  #queue: Deferred[] | undefined;
  #current: Deferred | undefined;
  #scopeRoot: object | undefined;
  #failure: { error: unknown; steps: Step[] } | undefined;
  /** What is written after everything else, however deep it stands. */
  #last: (() => void)[] = [];

  /** Writes any value. */
  abstract value(value: unknown): void;

  /** Called at the end: whether the whole payload has to be written once more. */
  abstract mustRepeat(context: PickleContext): boolean;

  /** Writes a whole payload after `reserve` free bytes. */
  payload(value: unknown, reserve: number, options: PayloadOptions): Buffer {
    try {
      this.begin(options);
      do this.#write(value, reserve);
      while (this.hasContext && this.mustRepeat(this.context));
      this.checkHandles();
      this.sizes.warn();
      return this.take();
    } catch (error) {
      this.abandon();
      throw this.#explained(error, options.root);
    } finally {
      this.#close();
    }
  }

  #write(value: unknown, reserve: number): void {
    this.#reset();
    this.start(reserve);
    this.#scopeRoot = asObject(value);
    this.value(value);
    if (this.#queue !== undefined) this.#drain(this.#queue);
    for (let write = this.#last.pop(); write; write = this.#last.pop()) write();
  }

  #explained(error: unknown, root: string): PicklingError {
    const steps = this.#failure?.error === error ? this.#failure?.steps : [];
    return explain(error, steps ?? [], root);
  }

  #close(): void {
    this.finish();
    this.#reset();
  }

  #reset(): void {
    this.#depth = 0;
    this.#levels = 0;
    this.#queue = undefined;
    this.#current = undefined;
    this.#scopeRoot = undefined;
    this.#failure = undefined;
    // Most often there is nothing to be done, and this happens for each payload.
    if (this.#last.length > 0) this.#last.length = 0;
  }

  /** Whether a content may be written in place, one level deeper; `leave` ends it. */
  enter(): boolean {
    if (this.#depth >= MAX_DEPTH) return false;
    this.#depth++;
    return true;
  }

  leave(): void {
    this.#depth--;
  }

  /** Writes the content of an object, now or after the value of this scope. */
  content<T extends object>(object: T, write: ContentWriter<T>): void {
    if (this.enter()) {
      write(this, object);
      this.leave();
    } else {
      this.later(object, write);
    }
  }

  later<T extends object>(object: T, write: ContentWriter<T>): void {
    this.byte(Tag.LATER);
    this.#queue ??= [];
    this.#queue.push({
      object,
      write: write as ContentWriter,
      from: this.#current?.object ?? this.#scopeRoot,
      parent: this.#current,
    });
  }

  /** Writes a value so that its reader has all of it, with what was put off, before it goes on. */
  scope(value: unknown): void {
    this.scopeOf(asObject(value), () => this.inner(value));
  }

  /** The same for several values; `root` is a container of them all, for error messages. */
  scopeOf(root: object | undefined, write: () => void): void {
    const outer = this.#queue;
    const outerCurrent = this.#current;
    const outerRoot = this.#scopeRoot;
    this.#queue = undefined;
    this.#current = undefined;
    this.#scopeRoot = root;
    write();
    if (this.#queue !== undefined) this.#drain(this.#queue);
    this.#queue = outer;
    this.#current = outerCurrent;
    this.#scopeRoot = outerRoot;
  }

  #drain(queue: (Deferred | undefined)[]): void {
    for (let i = 0; i < queue.length; i++) {
      const deferred = queue[i]!;
      queue[i] = undefined;
      this.#current = deferred;
      try {
        this.#depth++;
        deferred.write(this, deferred.object);
        this.#depth--;
      } catch (error) {
        throw this.#failedLater(error, deferred);
      }
    }
  }

  /** Nobody on the stack knows the way to what was put off: it is searched for, part by part. */
  #failedLater(error: unknown, deferred: Deferred): unknown {
    let part: Deferred | undefined = deferred;
    for (let parts = 0; part !== undefined && parts < 100; parts++) {
      for (const step of findSteps(part.from, part.object)) {
        this.failed(error, step);
      }
      part = part.parent;
    }
    return error;
  }

  /** Whether functions are nested so deep that the rest of them has to wait. */
  get isDeep(): boolean {
    return this.#levels > MAX_NESTED;
  }

  /** Writes after the root value is complete; latest first, as `PayloadReader.atEnd` reads. */
  atEnd(write: () => void): void {
    this.byte(Tag.LATER);
    this.#last.push(write);
  }

  /** Writes a value inside another that cannot be put off. */
  inner(value: unknown): void {
    if (++this.#levels > MAX_LEVELS) {
      throw new PicklingError(
        `cannot pickle functions or reduced values nested deeper than ${MAX_LEVELS}`,
      );
    }
    this.value(value);
    this.#levels--;
  }

  /** Notes on the way out of an error where it happened. */
  failed(error: unknown, step: Step): unknown {
    if (this.#failure?.error !== error) this.#failure = { error, steps: [] };
    this.#failure!.steps.push(step);
    return error;
  }
}
