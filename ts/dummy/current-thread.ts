import { running } from './running.js';
import { ThreadProcess } from './thread-process.js';
import { attachState, type ThreadState } from './thread-state.js';

let current: ThreadProcess | undefined;

/** The class of the object of a thread that is no `dummy.Process`. */
class MainProcess extends ThreadProcess {}

/**
 * The object of the thread that this is called in.
 * @see Python: `multiprocessing.dummy.current_process`
 */
export function currentProcess(): ThreadProcess {
  current ??= makeSelf(MainProcess, { name: 'MainProcess' });
  return current;
}

/** In a thread: makes the object of it. */
export function becomeThread(
  processClass: Function,
  state: Partial<ThreadState>,
  fields: object,
): ThreadProcess {
  current = Object.assign(makeSelf(processClass, state), fields);
  return current;
}

function makeSelf(processClass: Function, state: Partial<ThreadState>): ThreadProcess {
  const self: ThreadProcess = Object.create(processClass.prototype);
  attachState(self, {
    creatorPid: process.pid,
    name: '',
    daemon: false,
    target: undefined,
    args: [],
    phase: 'started',
    starting: undefined,
    thread: undefined,
    exitCode: null,
    isTerminated: false,
    onEnd: new Set(),
    isSelf: true,
    ...state,
  });
  return self;
}

/**
 * The threads that run which this one has started.
 * @returns Oldest first.
 * @see Python: `multiprocessing.dummy.active_children`
 */
export function activeChildren(): ThreadProcess[] {
  return [...running] as ThreadProcess[];
}
