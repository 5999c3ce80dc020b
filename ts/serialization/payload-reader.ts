/**
 * One payload while it is read; mirrors `PayloadWriter`. The decoder adds what each tag means; the
 * files of the types are written against this class.
 */
import type { UnpickleContext } from './contexts.js';
import { describeForeign } from './foreign.js';
import { MAX_DEPTH, MAX_LEVELS } from './limits.js';
import { malformed, Reader } from './reader.js';
import type { Shape } from './shapes.js';
import { FLAG_GRAPH, FORMAT, Tag } from './tags.js';

/** Reads what an object holds into the object. */
export type ContentReader<T extends object = object> = (input: PayloadReader, object: T) => void;

interface Deferred {
  readonly object: object;
  readonly read: ContentReader;
}

/** How to read a payload: see `DecodeOptions`. */
export interface ReadOptions {
  readonly handles?: number[];
  readonly length?: number;
  readonly functions?: boolean;
}

/** Stands for an object that is not built yet; whoever refers to it calls `open`. */
export abstract class Pending {
  abstract open(): unknown;
}

class Reserved extends Pending {
  open(): never {
    throw malformed('a value refers to one that is not there yet');
  }
}

const RESERVED = new Reserved();

export abstract class PayloadReader extends Reader {
  /** The objects read so far, by number; `null` when the payload never refers back. */
  refs: unknown[] | null = null;
  /** Key lists of this payload. */
  shapes: Shape[] = [];
  symbols: symbol[] = [];
  /** Room that resizable buffers of this payload have reserved, in bytes. */
  reservedSize = 0;
  depth = 0;
  /** Nothing of the payload may be code, or name code that is here. */
  refusesCode = false;
  #levels = 0;
  #queue: Deferred[] | undefined;
  #target: Function | undefined;
  #handles: number[] | undefined;
  #context: UnpickleContext | undefined;
  #last: (() => void)[] = [];

  /** Reads any value. */
  abstract value(): unknown;

  /** Called at the end, if anything asked for the context. */
  abstract completed(context: UnpickleContext): void;

  payload(bytes: Uint8Array, { handles, length, functions = true }: ReadOptions): unknown {
    this.open(bytes, length);
    this.#handles = handles;
    this.refusesCode = !functions;
    if (this.byte() !== FORMAT) throw malformed(describeForeign(this.bytes));
    const flags = this.byte();
    if (flags > FLAG_GRAPH) throw malformed('unknown flags');
    this.refs = flags === FLAG_GRAPH ? [] : null;
    const value = this.value();
    if (this.#queue !== undefined) this.#drain(this.#queue);
    for (let read = this.#last.pop(); read; read = this.#last.pop()) read();
    if (this.#context !== undefined) this.completed(this.#context);
    if (this.position !== this.end) throw malformed('bytes are left over');
    return value;
  }

  override close(): void {
    super.close();
    this.refs = null;
    if (this.shapes.length > 0) this.shapes = [];
    if (this.symbols.length > 0) this.symbols = [];
    this.reservedSize = 0;
    this.depth = 0;
    this.#levels = 0;
    this.#queue = undefined;
    this.#target = undefined;
    this.#handles = undefined;
    this.#context = undefined;
    if (this.#last.length > 0) this.#last.length = 0;
  }

  get context(): UnpickleContext {
    this.#context ??= { handles: this.#handles ?? [], scratch: new Map() };
    return this.#context;
  }

  remember(object: unknown): void {
    if (this.refs !== null) this.refs.push(object);
  }

  /** Takes a number for an object that comes later; `settle` gives the object. */
  reserve(): number {
    return this.refs === null ? -1 : this.refs.push(RESERVED) - 1;
  }

  settle(number: number, object: unknown): void {
    if (this.refs !== null) this.refs[number] = object;
  }

  reference(): unknown {
    const number = this.unsigned();
    if (this.refs === null || number >= this.refs.length) {
      throw malformed('a reference to nothing');
    }
    const object = this.refs[number];
    return object instanceof Pending ? object.open() : object;
  }

  /** One level deeper; `leave` ends it. */
  enter(): void {
    if (++this.depth > MAX_DEPTH + MAX_LEVELS) throw malformed('too deep');
  }

  leave(): void {
    this.depth--;
  }

  content<T extends object>(object: T, read: ContentReader<T>): void {
    if (this.peek() === Tag.LATER) {
      this.position++;
      this.#queue ??= [];
      this.#queue.push({ object, read: read as ContentReader });
      return;
    }
    this.enter();
    read(this, object);
    this.leave();
  }

  /** Whether what comes next was put off to the end; then `read` is called there. */
  atEnd(read: () => void): boolean {
    if (this.peek() !== Tag.LATER) return false;
    this.position++;
    this.#last.push(read);
    return true;
  }

  scope(): unknown {
    return this.scopeOf(() => this.inner());
  }

  scopeOf<T>(read: () => T): T {
    const outer = this.#queue;
    this.#queue = undefined;
    const result = read();
    if (this.#queue !== undefined) this.#drain(this.#queue);
    this.#queue = outer;
    return result;
  }

  #drain(queue: (Deferred | undefined)[]): void {
    for (let i = 0; i < queue.length; i++) {
      const { object, read } = queue[i]!;
      queue[i] = undefined;
      this.enter();
      read(this, object);
      this.leave();
    }
  }

  inner(): unknown {
    if (++this.#levels > MAX_LEVELS) throw malformed('too deep');
    const value = this.value();
    this.#levels--;
    return value;
  }

  /** Reads a builtin object that is to be an instance of a subclass. */
  withTarget(target: Function): unknown {
    this.#target = target;
    const value = this.inner();
    if (this.#target !== undefined) throw malformed('a class without instance');
    return value;
  }

  /** The subclass of the object that is being read; each builtin type takes it first of all. */
  takeTarget(): Function | undefined {
    const target = this.#target;
    this.#target = undefined;
    return target;
  }
}
