/**
 * One payload while it is written: bytes, identities, depth, and what was put off. The encoder adds
 * the choice of how each value is written; the files of the types are written against this class.
 */
import { PicklingError } from '../errors.js';
import type { PickleContext, Purpose } from './contexts.js';
import { findSteps } from './find-steps.js';
import { IdentityTable } from './identity.js';
import { MAX_DEPTH, MAX_LEVELS, MAX_NESTED } from './limits.js';
import { FLAG_GRAPH, FORMAT, Tag } from './tags.js';
import { cannotPickle, explain, type Step } from './trail.js';
import { Writer } from './writer.js';

/** Writes what an object holds, after the object itself was announced. */
export type ContentWriter<T extends object = object> = (out: PayloadWriter, object: T) => void;

interface Deferred {
  readonly object: object;
  readonly write: ContentWriter;
  /** What was being written when this was put off: the way to `object` starts there. */
  readonly from: object | undefined;
  readonly parent: Deferred | undefined;
}

export interface PayloadOptions {
  readonly purpose: Purpose;
  readonly root: string;
  readonly handles: number[] | undefined;
  /** State of the payload that the caller begins with, or wants to look at afterwards. */
  readonly scratch: Map<unknown, unknown> | undefined;
}

let serials = 0;

export abstract class PayloadWriter extends Writer {
  /** Different for each payload: tells whether a key list was already written in this one. */
  serial = 0;
  /** How many key lists this payload has. */
  shapeCount = 0;
  /** Symbols of this payload that are neither registered nor well known. */
  symbols: Map<symbol, number> | undefined;

  readonly #identity = new IdentityTable();
  #header = 0;
  #depth = 0;
  #levels = 0;
  #queue: Deferred[] | undefined;
  #current: Deferred | undefined;
  #scopeRoot: object | undefined;
  #unbuilt: Set<object> | undefined;
  #failure: { error: unknown; steps: Step[] } | undefined;
  #context: PickleContext | undefined;
  #options: PayloadOptions | undefined;
  /** What is written after everything else, however deep it stands. */
  #last: (() => void)[] = [];

  /** Writes any value. */
  abstract value(value: unknown): void;

  /** Called at the end: whether the whole payload has to be written once more. */
  abstract mustRepeat(context: PickleContext): boolean;

  /** Writes a whole payload after `reserve` free bytes. */
  payload(value: unknown, reserve: number, options: PayloadOptions): Buffer {
    try {
      this.#options = options;
      do this.#write(value, reserve);
      while (this.#context !== undefined && this.mustRepeat(this.#context));
      this.#checkHandles();
      return this.take();
    } catch (error) {
      throw this.#explained(error, options.root);
    } finally {
      this.#close();
    }
  }

  #write(value: unknown, reserve: number): void {
    this.#reset();
    this.#open(reserve);
    this.scope(value);
    for (let write = this.#last.pop(); write; write = this.#last.pop()) write();
  }

  #open(reserve: number): void {
    this.serial = ++serials;
    this.position = 0;
    this.ensure(reserve + 2);
    this.#header = reserve;
    this.bytes[reserve] = FORMAT;
    this.bytes[reserve + 1] = 0;
    this.position = reserve + 2;
  }

  #explained(error: unknown, root: string): PicklingError {
    const steps = this.#failure?.error === error ? this.#failure?.steps : [];
    return explain(error, steps ?? [], root);
  }

  #close(): void {
    this.#reset();
    this.#context = undefined;
    this.#options = undefined;
  }

  #reset(): void {
    this.#identity.clear();
    this.rewind();
    this.shapeCount = 0;
    this.symbols = undefined;
    this.#depth = 0;
    this.#levels = 0;
    this.#queue = undefined;
    this.#current = undefined;
    this.#scopeRoot = undefined;
    this.#unbuilt = undefined;
    this.#failure = undefined;
    this.#last.length = 0;
  }

  /** What reducers and the function codec are told; made when the first asks. */
  get context(): PickleContext {
    this.#context ??= {
      purpose: this.#options!.purpose,
      handles: this.#options!.handles ?? [],
      scratch: this.#options!.scratch ?? new Map(),
    };
    return this.#context;
  }

  #checkHandles(): void {
    const lost = this.#context?.handles.length ?? 0;
    if (lost > 0 && this.#options?.handles === undefined) {
      throw new PicklingError(
        'cannot pickle an open descriptor for a destination that takes no descriptors',
      );
    }
  }

  /** Gives the object its number: at the same place as the reader does. */
  remember(object: object): void {
    this.#identity.add(object);
  }

  /** Whether the object has come before. */
  knows(object: object): boolean {
    return this.#identity.find(object) >= 0;
  }

  /** Writes a reference, if the object has come before. */
  reference(object: object): boolean {
    const number = this.#identity.find(object);
    if (number < 0) return false;
    if (this.#unbuilt?.has(object)) {
      throw cannotPickle(
        object,
        'its reduced form refers back to it, which takes a reducer with `createOpen`',
      );
    }
    this.bytes[this.#header + 1] = FLAG_GRAPH;
    this.byte(Tag.REF);
    this.unsigned(number);
    return true;
  }

  /** While `write` runs, a reference to the object is an error: the reader has not built it yet. */
  whileUnbuilt(object: object, write: () => void): void {
    this.#unbuilt ??= new Set();
    this.#unbuilt.add(object);
    write();
    this.#unbuilt.delete(object);
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
    const root = typeof value === 'object' ? (value ?? undefined) : undefined;
    this.scopeOf(root, () => this.inner(value));
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
