import os from 'node:os';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { type ExitReporter, native, type PollWatcher, READABLE } from '../native/binding.js';
import { waitReadySync } from '../native/wait-sync.js';
import type { Deadline } from '../time.js';
import { Pending } from '../transport/pending.js';
import type { Wait } from '../transport/wait-options.js';
import { type ExitSource, OwnChildExit, ServedChildExit } from './exit-source.js';
import type { Launched } from './launcher.js';

/**
 * The one owner of a child process of ours: of its pidfd, which stands for the child whatever
 * becomes of its pid, and of its exit code, which is told only once. Looks at no other child of the
 * program.
 */
export class ChildHandle {
  readonly pid: number;
  #handle: number;
  readonly #exit: ExitSource;
  #exitCode: number | undefined;
  #watcher: PollWatcher | undefined;
  #watched = -1;
  #keepAlive = false;
  readonly #waiters = new Set<Pending<number | null>>();
  readonly #onExit: (exitCode: number) => void;
  readonly #unregister: () => void;

  /**
   * Takes the descriptors over. `onExit` is called once, from the event loop or from a poll. `reporter`: for
   * a child of this process, tells its exit code to another.
   */
  constructor(
    { pid, handle, status }: Launched,
    onExit: (exitCode: number) => void,
    reporter?: ExitReporter,
  ) {
    this.pid = pid;
    this.#handle = handle;
    this.#exit =
      status === undefined
        ? new OwnChildExit(handle, pid, reporter)
        : new ServedChildExit(handle, status);
    // Closed when a worker_thread that started the child ends.
    native.adoptFd(handle);
    this.#onExit = onExit;
    this.#watch();
    this.#unregister = registerAfterFork(this, (child) => child.#forget());
  }

  /** Readable when the child has ended, and for ever after. -1 when closed. */
  get descriptor(): number {
    return this.#handle;
  }

  /** The exit code, or null while the child runs. Asks for it when it is not known yet. */
  poll(): number | null {
    if (this.#exitCode !== undefined) return this.#exitCode;
    const exitCode = this.#exit.poll();
    if (exitCode !== null) this.#settle(exitCode);
    // It comes from elsewhere now. What was watched is closed: its number may be another's in a moment.
    else if (this.#watched !== this.#exit.watched) this.#watch();
    return exitCode;
  }

  /** Resolves to the exit code, or to null when the deadline passed. Any number may wait. */
  wait(wait: Wait): Promise<number | null> {
    const exitCode = this.poll();
    if (exitCode !== null || wait.tryOnce) return Promise.resolve(exitCode);
    const pending = new Pending<number | null>();
    const stopWaiting = () => {
      this.#waiters.delete(pending);
      this.#watch();
    };
    this.#waiters.add(pending);
    pending.expireAt(wait.deadline, () => {
      stopWaiting();
      pending.resolve(null);
    });
    pending.abortOn(wait.signal, (reason) => {
      stopWaiting();
      pending.reject(reason);
    });
    this.#watch();
    return pending.promise;
  }

  /** Blocks the thread. @throws InterruptedError */
  waitSync(deadline: Deadline): number | null {
    for (;;) {
      const exitCode = this.poll();
      if (exitCode !== null || !waitReadySync(this.#exit.watched, READABLE, deadline)) {
        return exitCode;
      }
    }
  }

  /** Does nothing when the child has ended. */
  kill(signal: NodeJS.Signals): void {
    if (this.poll() === null) native.sendSignal(this.#handle, os.constants.signals[signal]);
  }

  /** From now on the running child keeps the event loop, and so this process, alive. */
  keepAlive(): void {
    this.#keepAlive = true;
    this.#watch();
  }

  /** Lets go of the child, which must have ended. */
  close(): void {
    this.#unregister();
    this.#stopWatching();
    this.#exit.close();
    if (this.#handle >= 0) native.closeFd(this.#handle);
    this.#handle = -1;
  }

  // Watched at all times, so that no zombie stays; the loop is kept alive only where somebody waits.
  #watch(): void {
    if (this.#exitCode !== undefined || this.#handle < 0) return;
    if (this.#watched !== this.#exit.watched) this.#stopWatching();
    this.#watched = this.#exit.watched;
    this.#watcher ??= new native.PollWatcher(
      this.#watched,
      () => void this.poll(),
      this.#exit.reporter,
    );
    this.#watcher.start(READABLE, this.#keepAlive || this.#waiters.size > 0);
  }

  #stopWatching(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #settle(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#stopWatching();
    for (const pending of this.#waiters) pending.resolve(exitCode);
    this.#waiters.clear();
    this.#onExit(exitCode);
    this.#exit.settled();
  }

  // In a forked child: this is a sibling, and what waits for it waits in the parent.
  #forget(): void {
    this.#watcher = undefined;
    for (const pending of this.#waiters) pending.forget();
    this.#waiters.clear();
    this.close();
  }
}
