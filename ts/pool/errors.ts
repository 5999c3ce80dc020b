/** What goes wrong in pools only. */
import { ProcessError } from '../errors.js';

/** What is known of the end of a worker. */
export interface WorkerEnd {
  readonly pid: number;
  /** As `Process.exitCode`: minus the signal when one ended the worker. */
  readonly exitCode: number;
  /** The name of that signal; null when the worker exited. */
  readonly signal: NodeJS.Signals | null;
  /**
   * The last that JavaScript in the worker wrote to stderr, at most 4 KiB. What native code writes there, such
   * as V8's last words when memory is out (`signal` is SIGABRT then), goes to this process's stderr only.
   */
  readonly stderrTail: string;
}

/**
 * The worker that ran a task has ended: it was killed, ran out of memory, or called `process.exit()`. Only
 * the task that it was running fails with this error; other tasks are run by other workers.
 * @see Python: none, the result never comes; billiard's `WorkerLostError`
 */
export class WorkerLostError extends ProcessError implements WorkerEnd {
  override readonly name: string = 'WorkerLostError';
  override readonly code: string = 'ERR_MP_WORKER_LOST';
  readonly pid: number;
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
  readonly stderrTail: string;

  constructor(message: string, end: WorkerEnd) {
    super(message);
    this.pid = end.pid;
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.stderrTail = end.stderrTail;
  }
}

/**
 * No worker gets ready: the initializer fails, or workers end before they are ready. The `cause` is what the
 * last of three attempts came to.
 * @see Python: `concurrent.futures.process.BrokenProcessPool`
 */
export class BrokenPoolError extends ProcessError {
  override readonly name: string = 'BrokenPoolError';
  override readonly code: string = 'ERR_MP_BROKEN_POOL';
}

/**
 * What a task returned, or threw, cannot travel. The worker goes on.
 * @see Python: `multiprocessing.pool.MaybeEncodingError`
 */
export class MaybeEncodingError extends ProcessError {
  override readonly name: string = 'MaybeEncodingError';
  override readonly code: string = 'ERR_MP_MAYBE_ENCODING';
  /** The value, as `util.inspect` shows it. */
  readonly value: string;

  constructor(message: string, value: string, options?: ErrorOptions) {
    super(message, options);
    this.value = value;
  }
}

/** The pool was terminated before the task was done. */
export class TerminatedError extends ProcessError {
  override readonly name: string = 'TerminatedError';
  override readonly code: string = 'ERR_MP_TERMINATED';
}
