import { registerAfterFork } from '../lifecycle/after-fork.js';
import { native, type PollWatcher, READABLE } from '../native/binding.js';
import { isReady } from '../native/wait-sync.js';
import { Pending } from '../transport/pending.js';
import { toWait, type WaitOptions } from '../transport/wait-options.js';

/** A pidfd that this environment owns; -1 when the parent has ended already. */
export type ParentHandle = number;

/**
 * The parent of this process. It stands for that very process, whatever becomes of its pid.
 * @see Python: the object that `multiprocessing.parent_process()` returns.
 */
export class ParentProcess {
  readonly name: string;
  readonly pid: number;
  readonly #handle: number;
  readonly #waiters = new Set<Pending<boolean>>();
  #watcher: PollWatcher | undefined;

  /** @internal Takes the handle over; without it, the parent is the one that the system knows. */
  constructor(name: string, pid: number, handle: ParentHandle = openHandle(pid)) {
    this.name = name;
    this.pid = pid;
    this.#handle = handle;
    registerAfterFork(this, (grandparent) => grandparent.#forget());
  }

  /** Whether the parent runs. */
  isAlive(): boolean {
    return this.#handle >= 0 && !isReady(this.#handle, READABLE);
  }

  /**
   * Waits for the end of the parent.
   * @param options - `timeout` in ms, `signal`.
   * @returns Whether the parent has ended.
   */
  async join(options?: WaitOptions): Promise<boolean> {
    const wait = toWait(options);
    if (!this.isAlive() || wait.tryOnce) return !this.isAlive();
    const pending = new Pending<boolean>();
    const stop = () => {
      this.#waiters.delete(pending);
      this.#watch();
    };
    this.#waiters.add(pending);
    pending.expireAt(wait.deadline, () => {
      stop();
      pending.resolve(false);
    });
    pending.abortOn(wait.signal, (reason) => {
      stop();
      pending.reject(reason);
    });
    this.#watch();
    return pending.promise;
  }

  toString(): string {
    return `<ParentProcess name='${this.name}' pid=${this.pid}>`;
  }

  #watch(): void {
    if (this.#waiters.size === 0) {
      this.#watcher?.stop();
      return;
    }
    this.#watcher ??= new native.PollWatcher(this.#handle, () => this.#ended());
    this.#watcher.start(READABLE, true);
  }

  #ended(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    this.#watch();
    for (const pending of waiters) pending.resolve(true);
  }

  #forget(): void {
    this.#watcher = undefined;
    for (const pending of this.#waiters) pending.forget();
    this.#waiters.clear();
  }
}

/**
 * Has the kernel end this process with its parent, even while its JavaScript is busy. Not by
 * PR_SET_PDEATHSIG: the parent's *thread* that started us may end long before its process.
 */
export function dieWithParent(pid: number): void {
  const handle = openHandle(pid);
  if (handle < 0) native.exitNow(1);
  native.dieWithProcess(handle);
  native.closeFd(handle);
}

function openHandle(pid: number): ParentHandle {
  try {
    const handle = native.openProcessHandle(pid);
    native.adoptFd(handle);
    // The pid may have been given to another process before the call above, but not without us
    // getting another parent first.
    if (process.ppid === pid) return handle;
    native.closeFd(handle);
    return -1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return -1;
    throw error;
  }
}
