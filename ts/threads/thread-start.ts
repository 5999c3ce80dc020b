/** Starts worker_threads with a value that travels as one to a process does. */
import type { Worker as Thread } from 'node:worker_threads';
import { native } from '../native/binding.js';
import { decode, encodeWithModules, importModules, undoAll } from '../serialization/pickle.js';

/** What a thread finds as its `workerData`. */
interface ThreadData {
  readonly modules: readonly string[];
  /** The value, encoded. */
  readonly message: Uint8Array;
  /** Descriptors, which belong to the thread. */
  readonly handles: readonly number[];
}

/**
 * @param entry - The program of the thread, which calls `receiveValue`.
 * @throws {PicklingError}; a system error
 */
export async function startThread(entry: string, name: string, value: unknown): Promise<Thread> {
  const { modules, message, handles, undo } = await encodeWithModules(value);
  const copies: number[] = [];
  const { Worker } = threads();
  try {
    for (const fd of handles) copies.push(native.duplicateFd(fd));
    const data: ThreadData = { modules, message, handles: copies };
    return new Worker(entry, { workerData: data, name });
  } catch (error) {
    for (const fd of copies) native.closeFd(fd);
    undoAll(undo);
    throw error;
  }
}

/** In the thread: the value that it was started with. */
export async function receiveValue<T>(): Promise<T> {
  const { modules, message, handles } = threads().workerData as ThreadData;
  await importModules(modules);
  return decode(message, { handles: [...handles] }) as T;
}

// Loaded by those only who have threads.
const threads = () => process.getBuiltinModule('node:worker_threads');
