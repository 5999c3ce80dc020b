/**
 * Hands the parts of all jobs out to the workers, and keeps as many workers as the pool is to have. What one
 * worker has been given ahead and not begun goes to another when that one has nothing to do.
 */

import { InvalidStateError } from '../errors.js';
import { debug } from '../logging/emit.js';
import { dropFrame } from '../rings/ring.js';
import { undoAll } from '../serialization/pickle.js';
import { BrokenPoolError, TerminatedError } from './errors.js';
import { FunctionTable } from './functions.js';
import type { Job, Part } from './job.js';
import type { LooseTask } from './task.js';
import { type HostMaker, Worker, type WorkerOwner } from './worker.js';

export interface DispatcherOptions {
  readonly size: number;
  readonly maxTasksPerWorker: number;
  readonly makeHost: HostMaker;
}

/** So many workers may fail in a row before they are ready. */
const MAX_FAILURES = 3;
/** A task that is given ahead waits no longer than this for a worker that does not get on. */
const STUCK_MS = 5;

interface HeldPart {
  readonly job: Job;
  readonly part: Part;
}

export class Dispatcher implements WorkerOwner {
  readonly functions = new FunctionTable((id) => {
    for (const worker of this.#workers) worker.forget(id);
  });
  readonly #options: DispatcherOptions;
  readonly #workers = new Set<Worker>();
  /** With parts to give out, in the order of the calls. */
  readonly #jobs: Job[] = [];
  readonly #unfinished = new Set<Job>();
  readonly #loose: LooseTask[] = [];
  #held: HeldPart | undefined;
  #state: 'running' | 'closed' | 'terminated' = 'running';
  #broken: BrokenPoolError | undefined;
  #failures = 0;
  #stuckTimer: NodeJS.Timeout | undefined;
  #isPumping = false;
  readonly #onIdle: (() => void)[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#refill();
  }

  get pids(): number[] {
    return [...this.#workers].map((worker) => worker.pid).filter((pid) => pid !== 0);
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** @throws {InvalidStateError} when it is closed; {BrokenPoolError} */
  requireRunning(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#state !== 'running')
      throw new InvalidStateError('The pool is not running: it was closed or terminated');
  }

  submit(job: Job): void {
    if (this.#broken !== undefined || this.#state === 'terminated') {
      job.fail(this.#broken ?? new TerminatedError('The pool was terminated'));
      return;
    }
    this.#unfinished.add(job);
    this.#jobs.push(job);
    for (const worker of this.#workers) worker.want();
    this.pump();
  }

  /** Nothing of the job is left. */
  finished(job: Job): void {
    if (!this.#unfinished.delete(job)) return;
    this.functions.release(job.record);
    this.#endIfDone();
  }

  /** What has not begun of the job is not to. */
  drop(job: Job): void {
    for (const worker of this.#workers) {
      for (const loose of worker.revoke((task) => task.job === job)) drop(loose);
    }
    this.pump();
  }

  /** Nobody wants the job any more: what runs is stopped. */
  cancel(job: Job): void {
    this.drop(job);
    for (const worker of this.#workers) {
      for (const task of [...worker.tasks]) {
        if (task.job === job) this.onLoose(worker.stop(task));
      }
    }
    this.pump();
  }

  /** No new jobs; the workers end with the last of those that there are. */
  close(): void {
    if (this.#state !== 'running') return;
    this.#state = 'closed';
    this.#endIfDone();
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#failAll(new TerminatedError('The pool was terminated before the task was done'));
    for (const worker of this.#workers) worker.terminate();
  }

  /** Resolves when all workers have ended. */
  join(): Promise<void> {
    if (this.#workers.size === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#onIdle.push(resolve));
  }

  /** Gives out what there is to those who have room. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (const worker of this.#workers) this.#feed(worker);
      for (const worker of this.#workers) worker.flush();
    } finally {
      this.#isPumping = false;
    }
    this.#watchForStuck();
  }

  onRoom(worker: Worker): void {
    this.#failures = 0;
    if (this.#state === 'terminated') return;
    if (worker.isSpent) {
      this.#replace(worker);
      return;
    }
    this.#feed(worker);
    worker.flush();
    if (worker.isIdle) this.#watchForStuck();
  }

  onOversize(worker: Worker): void {
    this.#replace(worker);
  }

  onLoose(loose: LooseTask[]): void {
    for (const one of loose) {
      if (one.task.job.isOver) drop(one);
      else this.#loose.push(one);
    }
    this.pump();
  }

  onEnd(
    worker: Worker,
    loose: LooseTask[],
    failure: { readonly error: unknown } | undefined,
  ): void {
    this.#workers.delete(worker);
    this.onLoose(loose);
    if (failure !== undefined && this.#state !== 'terminated') this.#countFailure(failure.error);
    this.#refill();
    this.#endIfDone();
    if (this.#workers.size === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #feed(worker: Worker): void {
    for (let room = worker.room; room > 0; room--) {
      const loose = this.#loose.shift();
      if (loose !== undefined) {
        if (loose.task.job.isOver) drop(loose);
        else if (!worker.adopt(loose)) {
          this.#loose.unshift(loose);
          return;
        }
        continue;
      }
      const next = this.#held ?? this.#nextPart();
      this.#held = undefined;
      if (next === undefined) return;
      if (!next.job.isOver && !worker.give(next.job, next.part)) {
        this.#held = next;
        return;
      }
    }
  }

  #nextPart(): HeldPart | undefined {
    for (let i = 0; i < this.#jobs.length; ) {
      const job = this.#jobs[i]!;
      const part = job.isOver ? undefined : job.next();
      if (part !== undefined) return { job, part };
      if (job.isOver || job.isExhausted) this.#jobs.splice(i, 1);
      else i++;
    }
    return undefined;
  }

  #replace(worker: Worker): void {
    const loose = worker.revoke(() => true);
    worker.retire();
    this.onLoose(loose);
  }

  #refill(): void {
    const isNeeded =
      this.#state === 'running' || (this.#state === 'closed' && this.#unfinished.size > 0);
    if (!isNeeded || this.#broken !== undefined) return;
    while (this.#workers.size < this.#options.size) this.#addWorker();
  }

  #addWorker(): void {
    const { makeHost, maxTasksPerWorker } = this.#options;
    const worker = new Worker(this, makeHost, maxTasksPerWorker);
    this.#workers.add(worker);
    debug('added worker');
    if (this.#unfinished.size > 0) worker.want();
  }

  #countFailure(cause: unknown): void {
    if (++this.#failures < MAX_FAILURES) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#broken = new BrokenPoolError(
      `The pool is broken: ${MAX_FAILURES} workers in a row failed before they were ready: ${why}`,
      { cause },
    );
    this.#failAll(this.#broken);
    for (const worker of this.#workers) worker.terminate();
  }

  #failAll(error: unknown): void {
    this.#jobs.length = 0;
    this.#held = undefined;
    for (const loose of this.#loose.splice(0)) drop(loose);
    for (const job of [...this.#unfinished]) job.fail(error);
  }

  #endIfDone(): void {
    if (this.#state !== 'closed' || this.#unfinished.size > 0) return;
    for (const worker of this.#workers) worker.retire();
  }

  /** A worker with nothing to do, beside one that does not get on with what it has been given ahead. */
  #watchForStuck(): void {
    if (this.#stuckTimer !== undefined || this.#unfinished.size === 0) return;
    if (!this.#canShare()) return;
    this.#stuckTimer = setTimeout(() => {
      this.#stuckTimer = undefined;
      if (this.#canShare()) this.#share();
    }, STUCK_MS);
  }

  #canShare(): boolean {
    return this.#idleWorkers().length > 0 && this.#mostLoaded() !== undefined;
  }

  #share(): void {
    const idle = this.#idleWorkers();
    const most = this.#mostLoaded()!;
    const loose = most.revoke(
      () => true,
      Math.ceil((most.ahead * idle.length) / (idle.length + 1)),
    );
    // Not to the one that they come from.
    loose.forEach((one, i) => {
      const worker = idle[i % idle.length]!;
      if (one.task.job.isOver) drop(one);
      else if (!worker.adopt(one)) this.#loose.push(one);
    });
    for (const worker of idle) worker.flush();
  }

  #idleWorkers(): Worker[] {
    return [...this.#workers].filter((worker) => worker.isIdle && worker.room > 0);
  }

  #mostLoaded(): Worker | undefined {
    const loaded = [...this.#workers].filter((worker) => worker.ahead > 0);
    return loaded.toSorted((a, b) => b.ahead - a.ahead)[0];
  }
}

/** A task that nobody will run. */
function drop({ task, frame }: LooseTask): void {
  undoAll(task.undo);
  dropFrame(frame);
}
