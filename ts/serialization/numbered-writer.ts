/** What a payload that is being written has besides its bytes: header, numbers of objects, context. */
import { PicklingError } from '../errors.js';
import { type PickleContext, type Purpose, type Undo, undoAll } from './contexts.js';
import type { ReducedFunction } from './function-codec.js';
import { FunctionSizes } from './function-sizes.js';
import { IdentityTable } from './identity.js';
import { FLAG_GRAPH, FORMAT, Tag } from './tags.js';
import { cannotPickle } from './trail.js';
import { Writer } from './writer.js';

export interface PayloadOptions {
  readonly purpose: Purpose;
  readonly root: string;
  readonly handles: number[] | undefined;
  /** State of the payload that the caller begins with, or wants to look at afterwards. */
  readonly scratch: Map<unknown, unknown> | undefined;
  readonly undo: Undo[] | undefined;
}

let serials = 0;

export class NumberedWriter extends Writer {
  /** Different for each payload: tells whether a key list was already written in this one. */
  serial = 0;
  /** How many key lists this payload has. */
  shapeCount = 0;
  /** Symbols of this payload that are neither registered nor well known. */
  symbols: Map<symbol, number> | undefined;

  /** Functions that were reduced before it was their turn. */
  prepared: Map<Function, ReducedFunction> | undefined;

  readonly sizes = new FunctionSizes();

  readonly #identity = new IdentityTable();
  #header = 0;
  #firstHandle = 0;
  #unbuilt: Set<object> | undefined;
  #context: PickleContext | undefined;
  #options: PayloadOptions | undefined;

  protected begin(options: PayloadOptions): void {
    this.#options = options;
    this.#firstHandle = options.handles?.length ?? 0;
  }

  /** Starts the payload, or starts it again: only the context's scratch is kept then. */
  protected start(reserve: number): void {
    this.#forget();
    if (this.#context) this.#context.handles.length = this.#firstHandle;
    this.abandon();
    this.serial = ++serials;
    this.position = 0;
    this.ensure(reserve + 2);
    this.#header = reserve;
    this.bytes[reserve] = FORMAT;
    this.bytes[reserve + 1] = 0;
    this.position = reserve + 2;
  }

  /** Takes back what reducers did: these bytes will not be sent. */
  protected abandon(): void {
    const undo = this.#context?.undo;
    if (undo !== undefined && undo.length > 0) undoAll(undo);
  }

  protected finish(): void {
    this.#forget();
    this.rewind();
    this.#context = undefined;
    this.#options = undefined;
  }

  #forget(): void {
    this.#identity.clear();
    this.shapeCount = 0;
    this.symbols = undefined;
    this.prepared = undefined;
    this.sizes.clear();
    this.#unbuilt = undefined;
  }

  protected get hasContext(): boolean {
    return this.#context !== undefined;
  }

  /** What reducers and the function codec are told; made when the first asks. */
  get context(): PickleContext {
    this.#context ??= {
      purpose: this.#options!.purpose,
      handles: this.#options!.handles ?? [],
      scratch: this.#options!.scratch ?? new Map(),
      undo: this.#options!.undo ?? [],
    };
    return this.#context;
  }

  protected checkHandles(): void {
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
}
