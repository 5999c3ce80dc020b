/** Worker side: takes task after task, until told to stop. */
import { setImmediate } from 'node:timers/promises';
import { debug } from '../logging/emit.js';
import { type Frame, MAX_NOTE, type Ring } from '../rings/ring.js';
import { decode, importModules } from '../serialization/pickle.js';
import { MAX_TIMER_MS } from '../time.js';
import type { Connection } from '../transport/connection.js';
import { FOR_EVER } from '../transport/wait-options.js';
import { beginTask, endTask } from './current-task.js';
import {
  BASE,
  BY_SOCKET,
  FromWorker,
  type FunctionMessage,
  OVERSIZE,
  TELL,
  ToWorker,
} from './frames.js';
import { unpack } from './packing.js';
import { encodeError, NOTHING, Replies } from './replies.js';
import { isThenable, type Outcome, run, settled } from './run-task.js';
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
  readonly #replies: Replies;
  readonly #socket: Connection;
  readonly #briefing: WorkerBriefing;
  readonly #functions = new Map<number, Defined>();
  #turnedAt = 0;
  #checkedAt = 0;
  #completed = 0;
  #stopped = false;

  constructor(briefing: WorkerBriefing) {
    this.#briefing = briefing;
    this.#tasks = briefing.tasks;
    this.#replies = new Replies(briefing.results, briefing.socket);
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
      await this.#replies.send(FromWorker.UNFIT, 0, 0, encodeError(error));
      this.#replies.flush();
      return false;
    }
    await this.#replies.send(FromWorker.READY, 0, 0, NOTHING);
    this.#replies.flush();
    return true;
  }

  async #sleep(): Promise<void> {
    this.#replies.flush();
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
    if (isThenable(outcome.value)) return this.#serveLater(taken, startedAt, outcome.value);
    endTask();
    return this.#finish(taken, startedAt, outcome);
  }

  async #serveWithTalk(taken: Taken): Promise<void> {
    if ((taken.tag & TELL) !== 0) {
      await this.#replies.send(FromWorker.STARTED, taken.id, 0, NOTHING);
      this.#replies.flush();
    }
    const isWhole = (taken.tag & BY_SOCKET) === 0;
    const received = isWhole ? taken : await this.#receiveBySocket(taken);
    await this.#serve({ ...received, tag: taken.tag & BASE });
  }

  async #serveLater(taken: Taken, startedAt: number, value: PromiseLike<unknown>): Promise<void> {
    const outcome = await settled(value);
    endTask();
    await this.#finish(taken, startedAt, outcome);
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

  #finish({ id, tag }: Taken, startedAt: number, outcome: Outcome): Promise<void> | undefined {
    this.#completed++;
    const endedAt = performance.now();
    const note = Math.min(MAX_NOTE, Math.round((endedAt - startedAt) * 1000));
    const flag = this.#isOversize(endedAt) ? OVERSIZE : 0;
    const sent = outcome.failed
      ? this.#replies.sendError(id, note, flag, outcome.error)
      : (tag & BASE) === ToWorker.CALL
        ? this.#replies.sendResult(id, note, flag, outcome.value)
        : this.#replies.sendResults(id, note, flag, outcome.value as unknown[]);
    if (endedAt - this.#replies.flushedAt > FLUSH_AFTER_MS) this.#replies.flush();
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
}

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

function decodeInput(base: number, payload: Uint8Array): unknown {
  if (base === ToWorker.MAP_INTS) return unpack(payload, true);
  if (base === ToWorker.MAP_FLOATS) return unpack(payload, false);
  return decode(payload);
}
