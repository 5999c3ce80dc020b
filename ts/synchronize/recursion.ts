/** A mutex that its holder may acquire again: what this thread knows of it, for all handles. */
import { self } from '../arena/participant.js';
import type { SharedObject } from '../arena/shared-object.js';
import { InvalidStateError } from '../errors.js';
import type { Wait } from '../transport/wait-options.js';
import { type Flow, isWithin, makeFlow } from './flow.js';
import { Mutex } from './mutex.js';

/** A holder, for whom it can be put by and taken up again. */
export interface Holding {
  readonly flow: Flow;
  readonly count: number;
  readonly bySync: boolean;
}

export class Recursion {
  readonly mutex: Mutex;
  // Of this thread's holder, while it has one.
  #flow: Flow | undefined;
  #count = 0;
  #bySync = false;

  constructor(object: SharedObject) {
    this.mutex = new Mutex(object);
  }

  /** Whether a flow of this thread holds it. */
  get isHeldHere(): boolean {
    return this.#count > 0 && this.mutex.holder === self.owner;
  }

  /** How often its holder has acquired it, if this thread has it. */
  get count(): number {
    return this.isHeldHere ? this.#count : 0;
  }

  /** Whether the flow that this code belongs to holds it. */
  get isMine(): boolean {
    return this.isHeldHere && (this.#bySync || isWithin(this.#flow, { evenIfFresh: true }));
  }

  /** Acquires it once more, if this code's flow has it. */
  again({ sync }: { sync: boolean }): boolean {
    if (!this.isHeldHere || !(isWithin(this.#flow) || (sync && this.#bySync))) return false;
    this.#count++;
    return true;
  }

  tryAcquire(flow: Flow, bySync: boolean): boolean {
    if (!this.mutex.tryAcquire()) return false;
    this.take({ flow, count: 1, bySync });
    return true;
  }

  acquire(handle: object, holding: Holding, wait: Wait): Promise<boolean> {
    return this.mutex.acquire(handle, wait, () => this.take(holding));
  }

  /** @throws InvalidStateError when nobody but this thread could let go of it. */
  acquireSync(holding: Holding, wait: Wait): boolean {
    if (this.isHeldHere && wait.deadline === Number.POSITIVE_INFINITY) {
      throw new InvalidStateError(
        'This thread would wait for itself: another flow of it has the RLock',
      );
    }
    if (!this.mutex.acquireSync(wait)) return false;
    this.take(holding);
    return true;
  }

  /** @throws InvalidStateError when this code's flow does not hold it. */
  release(): void {
    if (!this.isMine) throw notMine();
    if (--this.#count > 0) return;
    this.#letGo();
  }

  /** Lets go of it altogether, however often it was acquired. */
  putBy(): Holding {
    if (!this.isMine) throw notMine();
    const holding = { flow: this.#flow!, count: this.#count, bySync: this.#bySync };
    this.#letGo();
    return holding;
  }

  /** The mutex was acquired for this holder. */
  take({ flow, count, bySync }: Holding): void {
    flow.holds++;
    this.#flow = flow;
    this.#count = count;
    this.#bySync = bySync;
  }

  #letGo(): void {
    this.#flow!.holds--;
    this.#flow = undefined;
    this.#count = 0;
    this.mutex.release();
  }
}

export function newHolding(bySync: boolean): Holding {
  return { flow: makeFlow(), count: 1, bySync };
}

function notMine(): InvalidStateError {
  return new InvalidStateError('The RLock can only be released by the flow that holds it');
}
