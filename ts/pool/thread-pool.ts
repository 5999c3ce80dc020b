import { checkPoolOptions, checkSize, type PoolOptions } from './options.js';
import { ThreadHost } from './thread-host.js';
import { WorkerPool } from './worker-pool.js';

let workerCount = 0;

/**
 * As `Pool`, with worker_threads of this process as workers: they start faster than spawned processes, more slowly
 * than those of the forkserver, and are lost together with this one. Arguments and results are copied all the same, since threads of Node share no
 * objects. A task that is given up ends with its thread; `currentTask().signal` is not told.
 *
 * @see Python: `multiprocessing.pool.ThreadPool`, whose threads share all objects.
 */
export class ThreadPool extends WorkerPool {
  /**
   * @param threads - How many workers. Default: `cpuCount()`.
   * @param options - As of `Pool`, but for `maxMemoryPerChild`, which concerns processes.
   * @throws TypeError ERR_INVALID_ARG_TYPE; RangeError ERR_OUT_OF_RANGE; a system error when there is no memory
   */
  constructor(threads?: number, options?: Omit<PoolOptions, 'maxMemoryPerChild'>) {
    const size = checkSize(threads);
    const { initializer, initargs, maxTasks } = checkPoolOptions(options);
    super({
      size,
      maxTasksPerWorker: maxTasks,
      makeHost: (channels) => {
        const briefing = { ...channels, initializer, initargs, maxMemory: 0 };
        return new ThreadHost(`ThreadPoolWorker-${++workerCount}`, briefing);
      },
    });
  }
}
