import { InvalidStateError } from '../../errors.js';
import { type AcquireOptions, toAcquireWait } from '../../synchronize/acquire-options.js';
import { FOR_EVER } from '../../transport/wait-options.js';
import { currentCaller, type Holder, type Losable, runAs } from '../server/caller.js';
import { WaitLine } from './wait-line.js';

const NEVER = new AbortController().signal;

/** A lock in the server. Its holder is a process, of which it is told when it was killed. */
export class ManagedLock implements Losable {
  readonly #line = new WaitLine<boolean>();
  #holder: Holder | undefined;
  #ownerDied = false;

  acquire(options?: AcquireOptions): boolean | Promise<boolean> {
    const wait = toAcquireWait(options);
    if (this.#holder !== undefined) return this.#line.wait(wait, false);
    this.#take(currentCaller().holder, this.#ownerDied);
    return true;
  }

  /** Any process may release it. @throws {InvalidStateError} nobody has it. */
  release(): void {
    if (this.#holder === undefined) throw new InvalidStateError('The lock is not acquired');
    this.#passOn(false);
  }

  locked(): boolean {
    return this.#holder !== undefined;
  }

  /** Whether the holder before the current one was killed. */
  ownerDied(): boolean {
    return this.#ownerDied;
  }

  /** Whether the process that calls has it. */
  isMine(): boolean {
    return this.#holder !== undefined && this.#holder === currentCaller().holder;
  }

  /** As `acquire`, for a Condition whose caller waits: he has to have the lock again whatever happens. */
  takeBack(holder: Holder): void | Promise<unknown> {
    if (this.#holder === undefined) this.#take(holder, this.#ownerDied);
    else return runAs({ holder, signal: NEVER }, () => this.#line.wait(FOR_EVER, false));
  }

  holderDied(holder: Holder): void {
    if (this.#holder === holder) this.#passOn(true);
  }

  #take(holder: Holder, ownerDied: boolean): void {
    this.#holder = holder;
    this.#ownerDied = ownerDied;
    holder.locks.add(this);
    // It was killed while it waited to have the lock back.
    if (holder.isGone) this.#passOn(ownerDied);
  }

  #passOn(ownerDied: boolean): void {
    this.#holder?.locks.delete(this);
    this.#holder = undefined;
    this.#ownerDied = ownerDied;
    const { next } = this.#line;
    if (next === undefined) return;
    this.#line.serve(true);
    this.#take(next, ownerDied);
  }
}

/** A lock that only the process that has it may release; how often it has it, it knows itself. */
export class ManagedRLock extends ManagedLock {
  override release(): void {
    if (!this.isMine()) throw new InvalidStateError('Another process, or none, holds the RLock');
    super.release();
  }
}
