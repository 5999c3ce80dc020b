/** Worker side: takes task after task, until told to stop. */
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { debug } from '../logging/emit.js';
import { type Frame, MAX_NOTE, type Ring } from '../rings/ring.js';
import { decode, encode, importModules } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import { FOR_EVER } from '../transport/wait-options.js';
import { beginTask, endTask } from './current-task.js';
import { MaybeEncodingError } from './errors.js';
import {
  BASE,
  BY_SOCKET,
  FromWorker,
  type FunctionMessage,
  OVERSIZE,
  TELL,
  ToWorker,
} from './frames.js';
import { pack, unpack } from './packing.js';
import type { StderrTail } from './stderr-tail.js';

/** What a worker is given at its start. */
export interface WorkerBriefing {
  readonly tasks: Ring;
  readonly results: Ring;
  /** Of the worker. */
  readonly tail: StderrTail;
  /** For what needs descriptors. */
  readonly socket: Connection;
  readonly initializer: ((...args: never[]) => unknown) | undefined;
  readonly initargs: readonly unknown[];
  /** Resident bytes above which it asks to be replaced; 0: any number. */
  readonly maxMemory: number;
}

/** Results are told at once, unless the next come soon. */
const FLUSH_AFTER_MS = 0.25;
/** So long may tasks that do not wait keep the event loop from turning. */
const TURN_AFTER_MS = 20;
const MEMORY_CHECK_MS = 50;
const MAX_TIMER_MS = 0x7fffffff;

type Defined = { readonly fn: Function } | { readonly error: unknown };

/** A task as it was taken: its memory in the ring is free again. */
interface Taken {
  readonly tag: number;
  readonly id: number;
  readonly fn: number;
  readonly input: unknown;
  /** The input could not be decoded. */
  readonly failure: { readonly error: unknown } | undefined;
}

export class WorkerLoop {
  readonly #tasks: Ring;
  readonly #results: Ring;
  readonly #socket: Connection;
  readonly #briefing: WorkerBriefing;
  readonly #functions = new Map<number, Defined>();
  #flushedAt = 0;
  #turnedAt = 0;
  #checkedAt = 0;
  #completed = 0;
  #stopped = false;

  constructor(briefing: WorkerBriefing) {
    this.#briefing = briefing;
    this.#tasks = briefing.tasks;
    this.#results = briefing.results;
    this.#socket = briefing.socket;
  }

  /** Resolves when the pool needs this worker no more; to whether it was ever fit to work. */
  async run(): Promise<boolean> {
    // Also while a task awaits what does not keep the event loop alive, such as an abort.
    const keepAlive = setInterval(() => {}, MAX_TIMER_MS);
    try {
      return (await this.#initialize()) && (await this.#work());
    } finally {
      clearInterval(keepAlive);
    }
  }

  async #work(): Promise<true> {
    while (!this.#stopped) {
      const pending = this.#step();
      if (pending !== undefined) await pending;
    }
    debug('worker got sentinel -- exiting');
    debug('worker exiting after %d tasks', this.#completed);
    return true;
  }

  /** Does what comes next; what it returns is to be awaited before the step after that. */
  #step(): Promise<void> | undefined {
    const taken = this.#tasks.take(this.#receive);
    if (taken === undefined) return this.#sleep();
    if (taken === null) return undefined;
    return taken instanceof Promise ? taken : this.#serve(taken);
  }

  async #initialize(): Promise<boolean> {
    const { initializer, initargs } = this.#briefing;
    try {
      await initializer?.(...(initargs as never[]));
    } catch (error) {
      await this.#send(FromWorker.UNFIT, 0, 0, encodeError(error));
      this.#results.flush();
      return false;
    }
    await this.#send(FromWorker.READY, 0, 0, NOTHING);
    this.#flush();
    return true;
  }

  async #sleep(): Promise<void> {
    this.#flush();
    await this.#tasks.readable(FOR_EVER);
    this.#turnedAt = performance.now();
  }

  /** In the memory of the ring: what is needed later is copied. Null: there is nothing to wait for. */
  readonly #receive = (frame: Frame): Taken | Promise<void> | null => {
    const { tag, id } = frame;
    if (tag >= ToWorker.CALL) return receiveTask(frame);
    if (tag === ToWorker.DEFINE) return this.#define(id, decode(frame.payload) as FunctionMessage);
    if (tag === ToWorker.FORGET) this.#functions.delete(id);
    else this.#stopped = true;
    return null;
  };

  #define(id: number, { modules, message }: FunctionMessage): Promise<void> | null {
    if (modules.length > 0)
      return importModules(modules).then(() => this.#decodeFunction(id, message));
    this.#decodeFunction(id, message);
    return null;
  }

  #decodeFunction(id: number, message: Uint8Array): void {
    try {
      this.#functions.set(id, { fn: decode(message) as Function });
    } catch (error) {
      this.#functions.set(id, { error });
    }
  }

  /** Not asynchronous unless the task is, or there is no room for its result. */
  #serve(taken: Taken): Promise<void> | undefined {
    if ((taken.tag & (TELL | BY_SOCKET)) !== 0) return this.#serveWithTalk(taken);
    const startedAt = performance.now();
    beginTask();
    const outcome = this.#perform(taken);
    if (isThenable(outcome.value)) return this.#serveLater(taken.id, startedAt, outcome.value);
    endTask();
    return this.#finish(taken.id, startedAt, outcome);
  }

  async #serveWithTalk(taken: Taken): Promise<void> {
    if ((taken.tag & TELL) !== 0) {
      await this.#send(FromWorker.STARTED, taken.id, 0, NOTHING);
      this.#flush();
    }
    const isWhole = (taken.tag & BY_SOCKET) === 0;
    const received = isWhole ? taken : await this.#receiveBySocket(taken);
    await this.#serve({ ...received, tag: taken.tag & BASE });
  }

  async #serveLater(id: number, startedAt: number, value: PromiseLike<unknown>): Promise<void> {
    const outcome = await settled(value);
    endTask();
    await this.#finish(id, startedAt, outcome);
  }

  async #receiveBySocket(taken: Taken): Promise<Taken> {
    const { body, handles } = await this.#socket.recvFrame();
    try {
      return { ...taken, input: decode(body, { handles }), failure: undefined };
    } catch (error) {
      return { ...taken, failure: { error } };
    }
  }

  #perform({ tag, fn: id, input, failure }: Taken): Outcome {
    try {
      const defined = this.#functions.get(id)!;
      if (failure !== undefined) throw failure.error;
      if ('error' in defined) throw defined.error;
      return { value: run(tag & BASE, defined.fn, input), failed: false };
    } catch (error) {
      return { error, failed: true };
    }
  }

  #finish(id: number, startedAt: number, outcome: Outcome): Promise<void> | undefined {
    this.#completed++;
    const endedAt = performance.now();
    const note = Math.min(MAX_NOTE, Math.round((endedAt - startedAt) * 1000));
    const flag = this.#isOversize(endedAt) ? OVERSIZE : 0;
    const sent = outcome.failed
      ? this.#sendError(id, note, flag, outcome.error)
      : this.#sendResult(id, note, flag, outcome.value);
    if (endedAt - this.#flushedAt > FLUSH_AFTER_MS) this.#flush();
    return endedAt - this.#turnedAt > TURN_AFTER_MS ? this.#turn(sent) : sent;
  }

  async #turn(sent: Promise<void> | undefined): Promise<void> {
    await sent;
    await setImmediate();
    this.#turnedAt = performance.now();
  }

  #isOversize(now: number): boolean {
    const { maxMemory } = this.#briefing;
    if (maxMemory === 0 || now - this.#checkedAt < MEMORY_CHECK_MS) return false;
    this.#checkedAt = now;
    return process.memoryUsage.rss() > maxMemory;
  }

  #sendResult(id: number, note: number, flag: number, value: unknown): Promise<void> | undefined {
    const packed = Array.isArray(value) ? pack(value) : undefined;
    if (packed !== undefined) {
      const tag = packed.ints ? FromWorker.RESULT_INTS : FromWorker.RESULT_FLOATS;
      return this.#send(tag | flag, id, note, packed.bytes);
    }
    const handles: number[] = [];
    try {
      const bytes = encode(value, { root: 'result', handles });
      if (handles.length > 0) return this.#sendBySocket(id, note, flag, bytes, handles);
      return this.#send(FromWorker.RESULT | flag, id, note, bytes);
    } catch (error) {
      return this.#sendError(id, note, flag, cannotEncode(value, error));
    }
  }

  async #sendBySocket(
    id: number,
    note: number,
    flag: number,
    bytes: Uint8Array,
    handles: readonly number[],
  ): Promise<void> {
    const body = Buffer.from(bytes);
    await this.#send(FromWorker.RESULT | BY_SOCKET | flag, id, note, NOTHING);
    this.#flush();
    await this.#socket.sendFrame(body, handles);
  }

  #sendError(id: number, note: number, flag: number, error: unknown): Promise<void> | undefined {
    return this.#send(FromWorker.ERROR | flag, id, note, encodeError(error));
  }

  #send(tag: number, id: number, note: number, payload: Uint8Array): Promise<void> | undefined {
    if (this.#results.write(tag, id, payload, note)) return undefined;
    // Not the encoder's memory, which is used again.
    return this.#sendLater(tag, id, note, payload.slice());
  }

  /** Waits while the pool is behind. */
  async #sendLater(tag: number, id: number, note: number, payload: Uint8Array): Promise<void> {
    do {
      this.#flush();
      await this.#results.roomFor(payload.length, FOR_EVER);
    } while (!this.#results.write(tag, id, payload, note));
  }

  #flush(): void {
    this.#flushedAt = performance.now();
    this.#results.flush();
  }
}

type Outcome =
  | { readonly failed: false; readonly value: unknown }
  | { readonly failed: true; readonly error: unknown; readonly value?: undefined };

const NOTHING = new Uint8Array(0);

/** The memory of the ring is given back after it. */
function receiveTask({ tag, id, note, payload }: Frame): Taken {
  const taken = { tag, id, fn: note };
  try {
    const input = (tag & BY_SOCKET) === 0 ? decodeInput(tag & BASE, payload) : undefined;
    return { ...taken, input, failure: undefined };
  } catch (error) {
    return { ...taken, input: undefined, failure: { error } };
  }
}

async function settled(value: PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { value: await value, failed: false };
  } catch (error) {
    return { error, failed: true };
  }
}

function decodeInput(base: number, payload: Uint8Array): unknown {
  if (base === ToWorker.MAP_INTS) return unpack(payload, true);
  if (base === ToWorker.MAP_FLOATS) return unpack(payload, false);
  return decode(payload);
}

function run(base: number, fn: Function, input: unknown): unknown {
  const items = input as unknown[];
  if (base === ToWorker.CALL) return fn(...items);
  const callOne =
    base === ToWorker.STARMAP
      ? (args: unknown) => fn(...(args as Iterable<unknown>))
      : (item: unknown) => fn(item);
  return runAll(callOne, items);
}

/** One after the other; not asynchronous before one of them is. */
function runAll(callOne: (item: unknown) => unknown, items: readonly unknown[]): unknown {
  const results = new Array<unknown>(items.length);
  for (let i = 0; i < items.length; i++) {
    const value = callOne(items[i]);
    if (isThenable(value)) return goOn(callOne, items, results, i, value);
    results[i] = value;
  }
  return results;
}

async function goOn(
  callOne: (item: unknown) => unknown,
  items: readonly unknown[],
  results: unknown[],
  index: number,
  pending: PromiseLike<unknown>,
): Promise<unknown[]> {
  results[index] = await pending;
  for (let i = index + 1; i < items.length; i++) results[i] = await callOne(items[i]);
  return results;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

function cannotEncode(value: unknown, cause: unknown): MaybeEncodingError {
  const shown = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MaybeEncodingError(`The result of a task cannot travel: ${reason}`, shown, { cause });
}

function encodeError(error: unknown): Uint8Array {
  try {
    return encode(error, { root: 'error' });
  } catch (cause) {
    const shown = inspect(error);
    const reason = cause instanceof Error ? cause.message : String(cause);
    return encode(
      new MaybeEncodingError(`What a task threw cannot travel: ${reason}\n${shown}`, shown),
    );
  }
}
