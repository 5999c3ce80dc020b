/** What an object that stands for a thread knows, kept apart from it: a subclass's own fields stand alone on it. */
import type { Worker as Thread } from 'node:worker_threads';
import { ClosedError, InvalidStateError } from '../errors.js';

export interface ThreadState {
  /** Of the process that the thread belongs to. A fork has none of its threads. */
  readonly creatorPid: number;
  name: string;
  daemon: boolean;
  target: Function | undefined;
  args: readonly unknown[];
  phase: 'initial' | 'starting' | 'started' | 'closed';
  /** While the thread is being started, and after. */
  starting: Promise<void> | undefined;
  thread: Thread | undefined;
  exitCode: number | null;
  isTerminated: boolean;
  /** Called at the end of the thread. */
  readonly onEnd: Set<() => void>;
  /** This is the thread itself. */
  readonly isSelf: boolean;
}

const states = new WeakMap<object, ThreadState>();

export function attachState(process: object, state: ThreadState): void {
  states.set(process, state);
}

/** @throws TypeError when a subclass's constructor has not called `super()`. */
export function stateOf(process: object): ThreadState {
  const state = states.get(process);
  if (state === undefined) throw new TypeError('Expected a Process, made by its constructor');
  return state;
}

/** @throws {ClosedError} */
export function openStateOf(process: object): ThreadState {
  const state = stateOf(process);
  if (state.phase === 'closed') throw new ClosedError(`The process object ${state.name} is closed`);
  return state;
}

/** Whether the thread is one of this process. */
export const isHere = ({ creatorPid }: ThreadState) => creatorPid === process.pid;

/** @throws {InvalidStateError} before it was started, or in another process; {ClosedError} */
export function startedStateOf(process: object, what: string): ThreadState {
  const state = openStateOf(process);
  const isStarted = state.starting !== undefined || state.isSelf;
  if (isStarted && isHere(state)) return state;
  const why = isStarted ? 'belongs to another process' : 'was not started';
  throw new InvalidStateError(`Expected to ${what} a started process; ${state.name} ${why}`);
}
