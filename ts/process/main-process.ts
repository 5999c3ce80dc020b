import { runningChildren } from './children.js';
import { currentOrNone, setMain } from './current.js';
import { Process } from './process.js';
import { attachState } from './process-state.js';
import { defaultAuthkey } from './this-process.js';

/** The class of the root process's own object. */
class MainProcess extends Process {}

/**
 * The object of the process that this is called in.
 * @see Python: `multiprocessing.current_process`
 */
export function currentProcess(): Process {
  return (currentOrNone() ?? makeMain()) as Process;
}

function makeMain(): Process {
  const main: Process = Object.create(MainProcess.prototype);
  attachState(main, {
    creatorPid: -1,
    identity: [],
    name: 'MainProcess',
    daemon: false,
    detached: false,
    nests: false,
    authkey: defaultAuthkey(),
    target: undefined,
    args: [],
    phase: 'started',
    starting: undefined,
    handle: undefined,
  });
  setMain(main);
  return main;
}

/**
 * The children of this process that run. Takes the exit codes of those that have ended.
 * @returns Oldest first.
 * @see Python: `multiprocessing.active_children`
 */
export function activeChildren(): Process[] {
  return runningChildren().map((child) => child.process as Process);
}
