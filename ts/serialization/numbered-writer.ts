/** What a payload that is being written has besides its bytes: header, numbers of objects, context. */
import { PicklingError } from '../errors.js';
import type { PickleContext, Purpose } from './contexts.js';
import { IdentityTable } from './identity.js';
import { FLAG_GRAPH, FORMAT, Tag } from './tags.js';
import { cannotPickle } from './trail.js';
import { Writer } from './writer.js';

export interface PayloadOptions {
  readonly purpose: Purpose;
  readonly root: string;
  readonly handles: number[] | undefined;
}

let serials = 0;

export class NumberedWriter extends Writer {
  /** Different for each payload: tells whether a key list was already written in this one. */
  serial = 0;
  /** How many key lists this payload has. */
  shapeCount = 0;
  /** Symbols of this payload that are neither registered nor well known. */
  symbols: Map<symbol, number> | undefined;

  readonly #identity = new IdentityTable();
  #header = 0;
  #unbuilt: Set<object> | undefined;
  #context: PickleContext | undefined;
  #options: PayloadOptions | undefined;

  protected start(reserve: number, options: PayloadOptions): void {
    this.#options = options;
    this.serial = ++serials;
    this.position = 0;
    this.ensure(reserve + 2);
    this.#header = reserve;
    this.bytes[reserve] = FORMAT;
    this.bytes[reserve + 1] = 0;
    this.position = reserve + 2;
  }

  protected finish(): void {
    this.#identity.clear();
    this.rewind();
    this.shapeCount = 0;
    this.symbols = undefined;
    this.#unbuilt = undefined;
    this.#context = undefined;
    this.#options = undefined;
  }

  /** What reducers and the function codec are told; made when the first asks. */
  get context(): PickleContext {
    this.#context ??= {
      purpose: this.#options!.purpose,
      handles: this.#options!.handles ?? [],
      scratch: new Map(),
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
