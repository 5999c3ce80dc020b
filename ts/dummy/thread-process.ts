import { inspect } from 'node:util';
import { InvalidStateError, PicklingError } from '../errors.js';
import { dummyMain } from '../package-root.js';
import { report } from '../process/bootstrap.js';
import { describeClass, registerOwnClass } from '../process/own-classes.js';
import { registerReducer } from '../serialization/pickle.js';
import { startThread } from '../threads/thread-start.js';
import { Pending } from '../transport/pending.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';
import {
  invalidType,
  validateBoolean,
  validateFunction,
  validateOptions,
  validateString,
} from '../validate.js';
import { running } from './running.js';
import {
  attachState,
  isHere,
  openStateOf,
  startedStateOf,
  stateOf,
  type ThreadState,
} from './thread-state.js';

/** What a thread runs, and what it is called. */
export interface ThreadProcessOptions<A extends unknown[] = unknown[]> {
  /** What runs in the thread: any function in scope; a promise that it returns is awaited there. */
  target?: ((...args: A) => unknown) | undefined;
  /** Its arguments, which are copied. Default: none. */
  args?: Readonly<A> | undefined;
  /** Default: the name of the class and a number: `ThreadProcess-1`. */
  name?: string | undefined;
  /** Ended when the program ends, instead of awaited. Default: false. */
  daemon?: boolean | undefined;
}

/** What a thread is told. */
export interface ThreadDescription {
  readonly name: string;
  readonly daemon: boolean;
  /** As `describeClass` gives it. */
  readonly processClass: string | Function;
  readonly target: Function | undefined;
  readonly args: readonly unknown[];
  /** What a subclass has given the object. */
  readonly fields: object;
}

/** The exit code of a thread that was ended, as Node has it. */
const TERMINATED = 1;

let count = 0;

/**
 * `Process` over a worker_thread: a `target` function, or the `run()` of a subclass, in a thread of this
 * process. It ends when its work has settled and its event loop is empty; the program ends after it,
 * unless it is daemonic. `process.exit(n)` in it ends the thread, with that code.
 *
 * There is no `joinSync`: a thread is not seen to end while this one blocks. Signals are for processes:
 * `terminate` and `kill` both end the thread at once.
 *
 * @example
 * const p = new dummy.Process({ target: (name) => console.log('hello', name), args: ['bob'] });
 * await p.start();
 * await p.join();
 * @see Python: `multiprocessing.dummy.DummyProcess`, which knows no terminate.
 */
export class ThreadProcess<A extends unknown[] = unknown[]> implements AsyncDisposable {
  /** @throws TypeError ERR_INVALID_ARG_TYPE - for an option of a wrong type. */
  constructor(options?: ThreadProcessOptions<A>) {
    const { target, args, name, daemon = false } = validateOptions(options);
    if (target !== undefined) validateFunction('target', target);
    if (args !== undefined && !Array.isArray(args)) throw invalidType('args', 'an array', args);
    if (name !== undefined) validateString('name', name);
    validateBoolean('daemon', daemon);
    count++;
    attachState(this, {
      creatorPid: process.pid,
      name: name ?? `${this.constructor.name}-${count}`,
      daemon,
      target,
      args: [...(args ?? [])],
      phase: 'initial',
      starting: undefined,
      thread: undefined,
      exitCode: null,
      isTerminated: false,
      onEnd: new Set(),
      isSelf: false,
    });
  }

  /** The work. Runs in the thread; calls the target with its arguments. A subclass may override it. */
  run(): unknown {
    const { target, args } = stateOf(this);
    return target?.(...args);
  }

  /**
   * Starts the thread, once.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - when it was started before.
   * @throws {PicklingError} ERR_MP_PICKLING - the target or an argument cannot travel; it may be started again.
   * @throws {ClosedError} ERR_MP_CLOSED; a system error
   */
  async start(): Promise<void> {
    const state = openStateOf(this);
    if (state.phase !== 'initial') throw new InvalidStateError('Cannot start a process twice');
    state.phase = 'starting';
    state.starting = launch(this, state);
    await state.starting;
  }

  /**
   * Waits for the end of the thread. Any number of callers may wait, also repeatedly.
   * @param options - `timeout` in ms: `undefined` waits for ever, `0` tries once; `signal`.
   * @returns The exit code; null when it runs on after the timeout.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - before it was started, in the thread itself, or in a fork.
   * @throws {ClosedError} ERR_MP_CLOSED
   */
  async join(options?: WaitOptions): Promise<number | null> {
    const wait = toWait(options);
    const state = startedStateOf(this, 'join');
    if (state.isSelf) throw new InvalidStateError('A thread cannot join itself');
    await state.starting;
    if (state.exitCode !== null || wait.tryOnce) return state.exitCode;
    const pending = new Pending<number | null>();
    const told = () => pending.resolve(state.exitCode);
    const { promise } = pending
      .expireAt(wait.deadline, told)
      .abortOn(wait.signal, (reason) => pending.reject(reason));
    state.onEnd.add(told);
    // Also of a daemonic one.
    state.thread!.ref();
    return promise.finally(() => {
      state.onEnd.delete(told);
      if (state.daemon && state.onEnd.size === 0) state.thread?.unref();
    });
  }

  /** Whether the thread was started and has not ended. */
  isAlive(): boolean {
    const state = openStateOf(this);
    const { isSelf, thread, exitCode } = state;
    return isHere(state) && (isSelf || (thread !== undefined && exitCode === null));
  }

  /**
   * Ends the thread at once, with exit code 1. Does nothing when it has ended.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - before it was started.
   */
  terminate(): void {
    const state = startedStateOf(this, 'terminate');
    if (state.isSelf) process.exit(TERMINATED);
    state.isTerminated = true;
    // It may be on its way.
    state.starting!.then(() => state.thread!.terminate()).catch(() => {});
  }

  /** As `terminate`. */
  kill(): void {
    this.terminate();
  }

  /**
   * Lets go of what the object holds; afterwards only its name can be read. Idempotent.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - while the thread runs.
   */
  close(): void {
    const state = stateOf(this);
    if (state.phase === 'closed') return;
    if (state.phase === 'starting' || this.isAlive()) {
      throw new InvalidStateError(
        `Cannot close ${state.name} while it is still running. Join it, or terminate it first`,
      );
    }
    state.phase = 'closed';
  }

  /** Joins the thread, if it was started, and closes the object. */
  async [Symbol.asyncDispose](): Promise<void> {
    const state = stateOf(this);
    if (state.phase === 'closed') return;
    if (state.starting !== undefined) await this.join();
    this.close();
  }

  /** May be changed at any time; the thread sees the name at its start. */
  get name(): string {
    return stateOf(this).name;
  }

  set name(name: string) {
    stateOf(this).name = validateString('name', name);
  }

  /** Whether the thread is ended, not awaited, when the program ends. Fixed by the start. */
  get daemon(): boolean {
    return stateOf(this).daemon;
  }

  set daemon(daemon: boolean) {
    const state = openStateOf(this);
    if (state.phase !== 'initial') {
      throw new InvalidStateError('`daemon` cannot be changed after the start');
    }
    state.daemon = validateBoolean('daemon', daemon);
  }

  /** Node's number of the thread; null before the start, and after the end. */
  get ident(): number | null {
    const { thread, exitCode, isSelf } = openStateOf(this);
    if (isSelf) return process.getBuiltinModule('node:worker_threads').threadId;
    return exitCode === null ? (thread?.threadId ?? null) : null;
  }

  /** How the thread ended; null before that. */
  get exitCode(): number | null {
    return openStateOf(this).exitCode;
  }

  toString(): string {
    const { name, phase, exitCode, daemon } = stateOf(this);
    const shown = exitCode === null || phase === 'closed' ? phase : `stopped exitcode=${exitCode}`;
    const words = [this.constructor.name, `name='${name}'`, shown, ...(daemon ? ['daemon'] : [])];
    return `<${words.join(' ')}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

async function launch(self: ThreadProcess, state: ThreadState): Promise<void> {
  const { name, daemon, target, args } = state;
  const description: ThreadDescription = {
    name,
    daemon,
    processClass: describeClass(self.constructor),
    target,
    args,
    fields: { ...self },
  };
  try {
    state.thread = await startThread(dummyMain, name, description);
  } catch (error) {
    state.phase = 'initial';
    state.starting = undefined;
    throw error;
  }
  state.phase = 'started';
  running.add(self);
  if (daemon) state.thread.unref();
  // What its work throws it reports itself; this is what was thrown outside of that.
  state.thread.on('error', (error) => report(name, error));
  state.thread.on('exit', (exitCode) => ended(self, state, exitCode));
}

function ended(self: ThreadProcess, state: ThreadState, exitCode: number): void {
  running.delete(self);
  // Node tells 0 of one that had not begun.
  state.exitCode = state.isTerminated ? exitCode || TERMINATED : exitCode;
  for (const told of state.onEnd) told();
}

registerOwnClass('ThreadProcess', ThreadProcess);

registerReducer(ThreadProcess, {
  reduce(self): never {
    throw new PicklingError(
      `cannot pickle ${self}: a process object is of use only to the thread that created it`,
    );
  },
  rebuild(): never {
    throw new PicklingError('A process object cannot be unpickled');
  },
});
