/** The task that this worker is running, for its function to ask about. */

export interface CurrentTask {
  /** Aborted when nobody wants the result any more: by the caller's `signal`, or by its `timeout`. */
  readonly signal: AbortSignal;
}

class Task implements CurrentTask {
  #controller: AbortController | undefined;
  readonly #abort = () =>
    this.#controller!.abort(new DOMException('The task is not wanted any more', 'AbortError'));

  // Only a task that has asked is told; any other one ends with its worker.
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      process.on('SIGTERM', this.#abort);
    }
    return this.#controller.signal;
  }

  end(): void {
    if (this.#controller !== undefined) process.off('SIGTERM', this.#abort);
  }
}

let isRunning = false;
// Made for a function that asks: few do.
let running: Task | undefined;

/**
 * In a worker of a pool: the task that it is running.
 * @returns Undefined elsewhere.
 * @see Python: none
 */
export function currentTask(): CurrentTask | undefined {
  if (isRunning) running ??= new Task();
  return running;
}

export function beginTask(): void {
  isRunning = true;
}

export function endTask(): void {
  isRunning = false;
  running?.end();
  running = undefined;
}
