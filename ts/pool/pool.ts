import { Process } from '../process/process.js';
import { checkPoolOptions, checkSize, type PoolOptions } from './options.js';
import { type ProcessClass, ProcessHost } from './process-host.js';
import { WorkerPool } from './worker-pool.js';

let workerCount = 0;

/**
 * A number of processes that do what they are given: `map`, `apply` and their kin. Functions are sent to a
 * worker once; each worker has a channel of its own in shared memory, so that the death of one harms
 * nothing but the task that it was running, which rejects with a WorkerLostError. Workers that have ended are
 * replaced.
 *
 * An idle pool does not keep the program alive, and its workers end with it. They do not end of Ctrl-C by
 * themselves. They may have children, and pools, of their own.
 *
 * @example
 * await using pool = new Pool(4);
 * console.log(await pool.map((x) => x * x, [1, 2, 3]));
 *
 * @see Python: `multiprocessing.Pool`; differs: `await using` closes and joins, where Python's `with`
 * terminates; lost workers, timeouts and signals as told at `apply`.
 */
export class Pool extends WorkerPool {
  /**
   * @param processes - How many workers. Default: `cpuCount()`.
   * @throws TypeError ERR_INVALID_ARG_TYPE; RangeError ERR_OUT_OF_RANGE; a system error when there is no memory
   */
  constructor(processes?: number, options?: PoolOptions) {
    const size = checkSize(processes);
    const { initializer, initargs, maxTasks, maxMemory } = checkPoolOptions(options);
    const processClass = new.target.processClass;
    const prefix = processClass.name.replace(/Process$/, '');
    super({
      size,
      maxTasksPerWorker: maxTasks,
      makeHost: (channels) => {
        const name = `${prefix}PoolWorker-${++workerCount}`;
        const briefing = { ...channels, initializer, initargs, maxMemory };
        return new ProcessHost(name, briefing, launcherOfClass(processClass));
      },
    });
  }

  /** What its workers are started as. @internal */
  static readonly processClass: ProcessClass = Process;
}

/** The launcher that an object of the class would have. */
function launcherOfClass(processClass: ProcessClass) {
  return () => processClass.prototype.launcher.call(null) as ReturnType<Process['launcher']>;
}
