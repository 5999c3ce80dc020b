/**
 * Those of this thread who wait for one thing in the arena, and how they and those in other processes do not
 * miss each other: see native/os/wait_queue.h. Every waiter also looks by itself now and then, so that the
 * death of whoever would have woken him costs a moment, not for ever.
 */
import { SLICE_MS, throwIfInterrupted } from '../native/wait-sync.js';
import { timeLeft } from '../time.js';
import { Pending } from '../transport/pending.js';
import { SpinPolicy } from '../transport/spin.js';
import type { Wait } from '../transport/wait-options.js';
import { type Listener, listen, unlisten } from './doorbell.js';
import { LOOPS, THREADS } from './layout.js';
import type { WaitQueue } from './wait-queue.js';

/** What an attempt is told of the one for whom it is made; bits. */
export const WAITED = 1;
/** For so long that nobody who has just come should be faster. */
export const OVERDUE = 2;
/** Whoever stands in the way may have died. */
export const LOOK = 4;

const OVERDUE_MS = 20;

/** Takes what is waited for, if it is there. */
export type Attempt = (patience: number) => boolean;

export interface WaitLineOptions {
  /** Whether it is there, for anybody. A wake-up that was not needed is passed on then. */
  isThere(): boolean;
  /** Called when the last of this thread, or one who blocked it, does not wait any more. */
  onLeave?(): void;
  /** Whether only the first in line can have it. */
  readonly inTurn: boolean;
}

interface Waiter {
  /** Not to be collected while somebody waits by it. */
  readonly handle: object;
  readonly attempt: Attempt;
  readonly pending: Pending<boolean>;
  readonly since: number;
}

export class WaitLine implements Listener {
  readonly #queue: WaitQueue;
  readonly #options: WaitLineOptions;
  readonly #waiters = new Set<Waiter>();
  readonly #spin = new SpinPolicy();

  constructor(queue: WaitQueue, options: WaitLineOptions) {
    this.#queue = queue;
    this.#options = options;
  }

  get isAwaited(): boolean {
    return this.#queue.isAwaited;
  }

  /** Whether an asynchronous wait of this thread goes on. */
  get isWaiting(): boolean {
    return this.#waiters.size > 0;
  }

  get isArmed(): boolean {
    return this.#queue.isArmed;
  }

  /** Resolves to whether the attempt succeeded in time. */
  wait(handle: object, attempt: Attempt, wait: Wait): Promise<boolean> {
    const pending = new Pending<boolean>();
    const waiter = { handle, attempt, pending, since: performance.now() };
    this.#waiters.add(waiter);
    pending
      .expireAt(wait.deadline, () => this.#expire(waiter))
      .abortOn(wait.signal, (reason) => this.#giveUp(waiter, () => pending.reject(reason)));
    listen(this);
    if (!this.isArmed) this.#serve(LOOK);
    // In the set already: only this one has not looked yet.
    else if (!this.#options.inTurn) this.#try(waiter, LOOK);
    return pending.promise;
  }

  /**
   * Blocks the thread.
   * @returns Whether the attempt succeeded in time.
   * @throws InterruptedError
   */
  waitSync(attempt: Attempt, wait: Wait): boolean {
    if (this.#spinFor(attempt)) return true;
    this.#queue.join(THREADS);
    try {
      return this.#sleepUntil(attempt, wait);
    } finally {
      this.#leave(THREADS);
    }
  }

  /** Something is there: wakes one of those who wait for it, or all. */
  wake(all: boolean): void {
    if (this.#queue.wake(all)) queueMicrotask(() => this.onRing());
  }

  onRing(): void {
    this.#serve(WAITED);
  }

  onTick(): void {
    this.#serve(WAITED | LOOK);
  }

  /** Fails everybody who waits in this thread, or those who wait by one handle. */
  fail(makeError: () => Error, handle?: object): void {
    for (const waiter of [...this.#waiters]) {
      if (handle !== undefined && waiter.handle !== handle) continue;
      this.#giveUp(waiter, () => waiter.pending.reject(makeError()));
    }
  }

  /** In a forked child: who waits, waits in the parent. */
  forget(): void {
    for (const { pending } of this.#waiters) pending.forget();
    this.#waiters.clear();
  }

  // In the order that nothing is missed: be in the set, then look, then sleep.
  #serve(patience: number): void {
    for (;;) {
      this.#advance(patience);
      if (this.#waiters.size === 0) {
        unlisten(this);
        this.#leave(LOOPS);
        return;
      }
      if (this.isArmed) return;
      this.#queue.join(LOOPS);
    }
  }

  #advance(patience: number): void {
    for (const waiter of this.#waiters) {
      if (!this.#try(waiter, patience) && this.#options.inTurn) return;
    }
  }

  #try(waiter: Waiter, patience: number): boolean {
    const { attempt, pending, since } = waiter;
    try {
      if (!attempt(withOverdue(patience, since))) return false;
      this.#waiters.delete(waiter);
      pending.resolve(true);
    } catch (error) {
      this.#waiters.delete(waiter);
      pending.reject(error);
    }
    return true;
  }

  #expire(waiter: Waiter): void {
    // The event loop may not have had the time to look.
    if (this.#try(waiter, WAITED | LOOK)) this.#serve(WAITED);
    else this.#giveUp(waiter, () => waiter.pending.resolve(false));
  }

  #giveUp(waiter: Waiter, settle: () => void): void {
    this.#waiters.delete(waiter);
    settle();
    if (this.#waiters.size > 0) return;
    unlisten(this);
    this.#leave(LOOPS);
  }

  #sleepUntil(attempt: Attempt, wait: Wait): boolean {
    const since = performance.now();
    for (let patience = LOOK; ; patience = WAITED | LOOK) {
      const { sequence } = this.#queue;
      if (attempt(withOverdue(patience, since))) return true;
      const left = Math.min(SLICE_MS, Math.ceil(timeLeft(wait.deadline)));
      if (left === 0) return false;
      this.#queue.sleep(sequence, left);
      throwIfInterrupted();
    }
  }

  #spinFor(attempt: Attempt): boolean {
    const spinUs = this.#spin.next();
    if (spinUs === 0) return false;
    const start = performance.now();
    for (;;) {
      const isThere = attemptOften(attempt);
      const spunUs = (performance.now() - start) * 1000;
      if (isThere || spunUs >= spinUs) {
        this.#spin.report(isThere, spunUs);
        return isThere;
      }
    }
  }

  /** @param set - LOOPS or THREADS. */
  #leave(set: number): void {
    this.#queue.leave(set);
    this.#options.onLeave?.();
    // Whoever made it there has perhaps woken just this thread.
    if (this.#options.isThere()) this.wake(false);
  }
}

// To look at the clock takes longer than to look at a word.
function attemptOften(attempt: Attempt): boolean {
  for (let i = 0; i < 20; i++) if (attempt(0)) return true;
  return false;
}

function withOverdue(patience: number, since: number): number {
  const isOverdue = (patience & WAITED) !== 0 && performance.now() - since > OVERDUE_MS;
  return isOverdue ? patience | OVERDUE : patience;
}
