import { inspect } from 'node:util';
import { InvalidStateError, PicklingError } from '../errors.js';
import { registerReducer } from '../serialization/pickle.js';
import { deadlineAfter } from '../time.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';
import {
  invalidType,
  outOfRange,
  validateBoolean,
  validateFunction,
  validateOptions,
  validateString,
  validateTimeout,
} from '../validate.js';
import { runningChildren } from './children.js';
import { currentOrNone } from './current.js';
import { installExitHandling } from './exit.js';
import type { Launcher } from './launcher.js';
import { requireGuard } from './main-module.js';
import { registerOwnClass } from './own-classes.js';
import {
  attachState,
  describePhase,
  openStateOf,
  requireCreator,
  requireStarted,
  stateOf,
} from './process-state.js';
import { startProcess } from './start.js';
import { launcherOf } from './start-methods.js';
import { defaultAuthkey, nextIdentity, ownConfig } from './this-process.js';

export interface ProcessOptions<A extends unknown[] = unknown[]> {
  /** What runs in the child: any function in scope; a promise that it returns is awaited there. */
  target?: ((...args: A) => unknown) | undefined;
  /** Its arguments. The list is copied. Default: none. */
  args?: Readonly<A> | undefined;
  /** Default: the name of the class and the numbers on the way from the root: `Process-1:2`. */
  name?: string | undefined;
  /** Terminated when this process ends, instead of awaited. Default: as this process. */
  daemon?: boolean | undefined;
  /**
   * Goes on when this process ends, however it ends: it is neither terminated nor awaited nor killed
   * then. The process has a session of its own, so that Ctrl-C and the hang-up of this one's terminal do not
   * reach it; its output goes where this one's goes. Not for daemonic processes. Default: false.
   */
  detached?: boolean | undefined;
}

/**
 * Work that runs in a process of its own: a `target` function, or the `run()` of a subclass.
 *
 * The child ends when its work has settled and its event loop is empty. When this process ends, it
 * terminates its daemonic children and awaits the others, but for detached ones; a running child does
 * not otherwise keep it alive. When it is killed, so are they. Only the process that created the object may use it.
 *
 * @example
 * const p = new Process({ target: (name) => console.log('hello', name), args: ['bob'] });
 * await p.start();
 * await p.join();
 * @see Python: `multiprocessing.Process`; differs: options in one object, `start` and `join` return
 * promises, `join` resolves to the exit code, milliseconds.
 */
export class Process<A extends unknown[] = unknown[]> implements AsyncDisposable {
  /**
   * @throws TypeError ERR_INVALID_ARG_TYPE - for an option of a wrong type.
   * @throws RangeError ERR_OUT_OF_RANGE - for a process both daemonic and detached.
   */
  constructor(options?: ProcessOptions<A>) {
    const { target, args, name, daemon, detached = false } = validateOptions(options);
    if (target !== undefined) validateFunction('target', target);
    if (args !== undefined && !Array.isArray(args)) throw invalidType('args', 'an array', args);
    if (name !== undefined) validateString('name', name);
    if (daemon !== undefined) validateBoolean('daemon', daemon);
    validateBoolean('detached', detached);
    if (daemon && detached) throw outOfRange('detached', 'false for a daemonic process', detached);
    const identity = nextIdentity();
    attachState(this, {
      creatorPid: process.pid,
      identity,
      name: name ?? `${this.constructor.name}-${identity.join(':')}`,
      daemon: daemon ?? (!detached && ownConfig()?.daemon === true),
      detached,
      nests: false,
      authkey: defaultAuthkey(),
      target,
      args: [...(args ?? [])],
      phase: 'initial',
      starting: undefined,
      handle: undefined,
    });
  }

  /**
   * The work. Runs in the child; calls the target with its arguments. A subclass may override it.
   * @see Python: `Process.run`
   */
  run(): unknown {
    const { target, args } = stateOf(this);
    return target?.(...args);
  }

  /** @internal Called in the parent, once, when the process has ended. */
  ended(_exitCode: number): void {}

  /**
   * Starts the process, once.
   * @returns When the child exists; it may not have begun its work yet. When a detached one will outlive
   * this process.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - when it was started before, or this process is
   * daemonic, or did not create the object; or when the main module starts it while a child imports
   * the module, for lack of a guard (`setImportMain`).
   * @throws {ClosedError} ERR_MP_CLOSED
   * @throws {PicklingError} ERR_MP_PICKLING - spawn: the target or an argument cannot travel. No
   * process was started, and the object may be started again.
   * @throws {ForkUnsupportedError} ERR_MP_FORK_UNSUPPORTED
   * @throws A system error, such as EAGAIN, when the system refuses another process.
   * @see Python: `Process.start`
   */
  async start(): Promise<void> {
    const state = openStateOf(this);
    requireCreator(state, 'start');
    if (state.phase !== 'initial') throw new InvalidStateError('Cannot start a process twice');
    const own = ownConfig();
    if (own?.daemon && !own.nests) {
      throw new InvalidStateError('Daemonic processes are not allowed to have children');
    }
    requireGuard();
    const launcher = this.launcher();
    launcher.requireSupport();
    installExitHandling();
    // Takes the exit codes of children that have ended.
    runningChildren();
    state.starting = startProcess(this, state, launcher);
    await state.starting;
  }

  /**
   * Waits for the end of the process, of which nothing is left then: its ports and files are closed, its pid is
   * nobody's. Any number of callers may wait, also repeatedly.
   * @param options - `timeout` in ms: `undefined` waits for ever, `0` tries once; `signal`.
   * @returns The exit code; null when it runs on after the timeout.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - before it was started.
   * @throws {ClosedError} ERR_MP_CLOSED
   * @see Python: `Process.join`, which returns nothing.
   */
  async join(options?: WaitOptions): Promise<number | null> {
    const state = openStateOf(this);
    const wait = toWait(options);
    requireCreator(state, 'join');
    await state.starting;
    return requireStarted(state, 'join').wait(wait);
  }

  /**
   * Blocks the thread until the process has ended. For workers: nothing else of this thread runs.
   * @throws As `join`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  joinSync(options?: { timeout?: number | undefined }): number | null {
    const timeout = validateTimeout(validateOptions(options).timeout);
    return requireStarted(openStateOf(this), 'join').waitSync(deadlineAfter(timeout));
  }

  /** Whether the process was started and has not ended. */
  isAlive(): boolean {
    const state = openStateOf(this);
    if (currentOrNone() === this) return true;
    requireCreator(state, 'test');
    return state.handle?.poll() === null;
  }

  /**
   * Ends the process by SIGTERM (on Windows at once). Its children are not touched. Does nothing when it
   * has ended.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - before it was started.
   */
  terminate(): void {
    requireStarted(openStateOf(this), 'terminate').kill('SIGTERM');
  }

  /** Ends the process by SIGKILL, which it cannot prevent. Otherwise as `terminate`. */
  kill(): void {
    requireStarted(openStateOf(this), 'kill').kill('SIGKILL');
  }

  /** Sends SIGINT, as Ctrl-C does. Otherwise as `terminate`. */
  interrupt(): void {
    requireStarted(openStateOf(this), 'interrupt').kill('SIGINT');
  }

  /**
   * Lets go of what the object holds; afterwards only its name can be read. Idempotent.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - while the process runs.
   */
  close(): void {
    const state = stateOf(this);
    if (state.phase === 'closed') return;
    const isRunning = state.handle?.poll() === null && state.creatorPid === process.pid;
    if (state.phase === 'starting' || isRunning) {
      throw new InvalidStateError(
        `Cannot close ${state.name} while it is still running. Join it, or terminate it first`,
      );
    }
    state.handle?.close();
    state.phase = 'closed';
  }

  /** Joins the process, if it was started, and closes the object. */
  async [Symbol.asyncDispose](): Promise<void> {
    const state = stateOf(this);
    if (state.phase === 'closed') return;
    if (state.starting !== undefined) await this.join();
    this.close();
  }

  /** May be changed at any time; the child sees the name at its start. */
  get name(): string {
    return stateOf(this).name;
  }

  set name(name: string) {
    stateOf(this).name = validateString('name', name);
  }

  /** Whether the process is terminated, not awaited, when this one ends. Fixed by the start. */
  get daemon(): boolean {
    return stateOf(this).daemon;
  }

  set daemon(daemon: boolean) {
    const state = openStateOf(this);
    if (state.phase !== 'initial') {
      throw new InvalidStateError('`daemon` cannot be changed after the start');
    }
    validateBoolean('daemon', daemon);
    if (daemon && state.detached)
      throw outOfRange('daemon', 'false for a detached process', daemon);
    state.daemon = daemon;
  }

  /** Whether the process goes on when this one ends. */
  get detached(): boolean {
    return stateOf(this).detached;
  }

  /** The pid; null before the start. */
  get pid(): number | null {
    if (currentOrNone() === this) return process.pid;
    return openStateOf(this).handle?.pid ?? null;
  }

  /**
   * How the process ended: its exit code, or minus the number of the signal that killed it; null
   * before that. 255 when another part of the program took the exit code from the system.
   */
  get exitCode(): number | null {
    const state = openStateOf(this);
    if (state.creatorPid !== process.pid) return null;
    return state.handle?.poll() ?? null;
  }

  /**
   * A descriptor that becomes readable when the process has ended, and stays so (Linux: a pidfd). It
   * belongs to this object.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE - before it was started.
   */
  get sentinel(): number {
    return requireStarted(openStateOf(this), 'watch').descriptor;
  }

  /** The key with which the processes of one tree recognise each other. */
  get authkey(): Uint8Array {
    return openStateOf(this).authkey;
  }

  set authkey(key: Uint8Array | string) {
    const isKey = typeof key === 'string' || key instanceof Uint8Array;
    if (!isKey) throw invalidType('authkey', 'bytes or a string', key);
    openStateOf(this).authkey = new Uint8Array(typeof key === 'string' ? Buffer.from(key) : key);
  }

  /** As Python's repr: `<Process name='Process-1' pid=12 parent=11 started daemon>`. */
  toString(): string {
    const state = stateOf(this);
    const isSelf = currentOrNone() === this;
    const pid = isSelf ? process.pid : state.handle?.pid;
    const words = [
      this.constructor.name,
      `name='${state.name}'`,
      ...(pid === undefined ? [] : [`pid=${pid}`]),
      `parent=${isSelf ? (ownConfig()?.parentPid ?? null) : state.creatorPid}`,
      isSelf ? 'started' : describePhase(state),
      ...(state.daemon ? ['daemon'] : []),
      ...(state.detached ? ['detached'] : []),
    ];
    return `<${words.join(' ')}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** @internal How this class starts its processes. */
  launcher(): Launcher {
    return launcherOf(undefined);
  }
}

registerOwnClass('Process', Process);

// A copy would have nobody to wait for. What a subclass gives its objects travels by itself.
registerReducer(Process, {
  reduce(self): never {
    throw new PicklingError(
      `cannot pickle ${self}: a process object is of use only to the process that created it`,
    );
  },
  rebuild(): never {
    throw new PicklingError('A process object cannot be unpickled');
  },
});
