/** What a process object knows, kept apart from it: a subclass's own fields stand alone on it. */
import { ClosedError, InvalidStateError } from '../errors.js';
import type { ChildHandle } from './child-handle.js';
import { describeExitCode } from './exit-status.js';

export interface ProcessState {
  /** Who created the object, and alone may start, join or signal the process. */
  readonly creatorPid: number;
  readonly identity: readonly number[];
  name: string;
  daemon: boolean;
  readonly detached: boolean;
  /** Daemonic, and yet it may have children. */
  nests: boolean;
  authkey: Uint8Array;
  target: Function | undefined;
  args: readonly unknown[];
  phase: 'initial' | 'starting' | 'started' | 'closed';
  /** While the process is being started, and after. */
  starting: Promise<void> | undefined;
  handle: ChildHandle | undefined;
}

const states = new WeakMap<object, ProcessState>();

export function attachState(process: object, state: ProcessState): void {
  states.set(process, state);
}

/** @throws TypeError when a subclass's constructor has not called `super()`. */
export function stateOf(process: object): ProcessState {
  const state = states.get(process);
  if (state === undefined) throw new TypeError('Expected a Process, made by its constructor');
  return state;
}

/** @throws {ClosedError} */
export function openStateOf(process: object): ProcessState {
  const state = stateOf(process);
  if (state.phase === 'closed') throw new ClosedError(`The process object ${state.name} is closed`);
  return state;
}

/** @throws {InvalidStateError} when another process created the object. */
export function requireCreator(state: ProcessState, what: string): void {
  if (state.creatorPid === process.pid) return;
  throw new InvalidStateError(
    `Expected to ${what} a process that this process (pid ${process.pid}) created; ` +
      `${state.name} was created by pid ${state.creatorPid}`,
  );
}

/** @throws {InvalidStateError} before the process was started. */
export function requireStarted(state: ProcessState, what: string): ChildHandle {
  requireCreator(state, what);
  if (state.handle !== undefined) return state.handle;
  throw new InvalidStateError(
    `Expected to ${what} a started process; ${state.name} was not started`,
  );
}

/** As Python's repr: `started`, `stopped exitcode=-SIGTERM`, `unknown` in another process. */
export function describePhase(state: ProcessState): string {
  if (state.creatorPid !== process.pid) return 'unknown';
  if (state.phase !== 'started') return state.phase === 'starting' ? 'initial' : state.phase;
  const exitCode = state.handle!.poll();
  return exitCode === null ? 'started' : `stopped exitcode=${describeExitCode(exitCode)}`;
}
