/** The functions that a pool has tasks for: taken apart once, and sent once to each worker. */
import { PicklingError } from '../errors.js';
import {
  encode,
  encodeWithModules,
  travelsAlone,
  type Undo,
  undoAll,
} from '../serialization/pickle.js';
import type { FunctionMessage } from './frames.js';

export interface FunctionRecord {
  readonly id: number;
  /** What it has in common with those that are the same. */
  readonly key: string;
  /** A FunctionMessage, encoded. */
  readonly bytes: Uint8Array;
  /** What has been captured is to be counted for each worker that gets it: encoded anew. */
  readonly again: (() => { bytes: Uint8Array; undo: Undo[] }) | undefined;
  /** Jobs that have it. */
  users: number;
}

/** Ids travel in the note of a frame. */
const MAX_ID = 0x7fffff;
/** Records of which more are kept only while they are in use. */
const MAX_KEPT = 200;

export class FunctionTable {
  readonly #byCode = new Map<string, FunctionRecord>();
  /** Of functions that are the same each time. */
  readonly #constant = new WeakMap<Function, FunctionRecord>();
  readonly #onForget: (id: number) => void;
  #lastId = 0;

  /** `onForget` is called with the id of a function that no task will name any more. */
  constructor(onForget: (id: number) => void) {
    this.#onForget = onForget;
  }

  /**
   * The function as it is now, with what it has captured. To be released.
   * @throws {PicklingError}
   */
  async add(fn: Function): Promise<FunctionRecord> {
    const known = this.#constant.get(fn);
    if (known !== undefined && this.#byCode.get(known.key) === known) return this.#use(known);
    const { modules, message, handles, undo } = await encodeWithModules(fn, 'fn');
    const isCounted = undo.length > 0;
    undoAll(undo);
    if (handles.length > 0) throw withDescriptors();
    const bytes = toMessage(modules, message);
    const key = keyOf(bytes);
    let record = this.#byCode.get(key);
    if (record === undefined) {
      const again = isCounted ? () => encodeAgain(fn, modules) : undefined;
      record = { id: this.#newId(), key, bytes, again, users: 0 };
      this.#byCode.set(key, record);
    }
    if (travelsAlone(fn)) this.#constant.set(fn, record);
    return this.#use(record);
  }

  release(record: FunctionRecord): void {
    record.users--;
    if (this.#byCode.size <= MAX_KEPT) return;
    for (const [key, { id, users }] of this.#byCode) {
      if (users > 0) continue;
      this.#byCode.delete(key);
      this.#onForget(id);
      return;
    }
  }

  #use(record: FunctionRecord): FunctionRecord {
    record.users++;
    return record;
  }

  #newId(): number {
    this.#lastId = (this.#lastId % MAX_ID) + 1;
    return this.#lastId;
  }
}

function toMessage(modules: readonly string[], message: Uint8Array): Buffer {
  return Buffer.from(encode({ modules, message } satisfies FunctionMessage));
}

function encodeAgain(fn: Function, modules: readonly string[]) {
  const undo: Undo[] = [];
  const message = Buffer.from(encode(fn, { purpose: 'spawn', root: 'fn', undo }));
  return { bytes: toMessage(modules, message), undo };
}

function keyOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}

function withDescriptors(): PicklingError {
  return new PicklingError(
    'cannot pickle fn: it has captured something with a descriptor, such as a Connection; ' +
      'give that to the tasks as an argument, or to the workers in `initargs`',
  );
}
