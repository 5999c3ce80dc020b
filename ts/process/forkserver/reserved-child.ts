/** Client side: a child that was asked for ahead of need, and told all but who it is and what to do. */
import { setImmediate } from 'node:timers/promises';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';
import { deadlineAfter, timeLeft } from '../../time.js';
import type { Connection } from '../../transport/connection.js';
import type { PickledProcess } from '../spawn-protocol.js';
import { ChildRequest, letGo, type TakenOffer } from './child-request.js';
import { introductionFor } from './offer.js';

/** A child that has adapted to what it was told. */
export interface IntroducedChild extends TakenOffer {
  readonly introduction: string;
}

/** To what it was told. */
const ADAPTS_IN_MS = 10;

/** A signal that came to all processes of the program before a start must not count after it. */
function sleeps({ child }: TakenOffer): boolean {
  return native.isUndisturbed(child.pid, child.handle);
}

/**
 * Tells the child what to do, if it is as a child of this moment would be; else it is let go.
 * @returns Whether it may begin.
 */
export function assignIntroduced(child: IntroducedChild, work: PickledProcess): boolean {
  let isCurrent = false;
  try {
    // First, since the child reads it while this process makes sure.
    child.offer.assign(work);
    isCurrent = child.introduction === introductionFor(work.config);
  } finally {
    if (!isCurrent) letGo(child);
  }
  return isCurrent;
}

export class ReservedChild {
  readonly server: Connection;
  readonly #introduction: string;
  readonly #unregister: () => void;
  readonly #request: ChildRequest;
  readonly #answered: Promise<unknown>;
  #taken: TakenOffer | undefined;

  /**
   * @param introduction - The child's: it adapts to that while it waits.
   * @throws A system error when there can be no more descriptors.
   */
  constructor(server: Connection, introduction: string) {
    this.server = server;
    this.#introduction = introduction;
    this.#request = new ChildRequest(server);
    this.#request.keepAlive(false);
    this.#answered = this.#request.answer().then(
      (taken) => {
        taken?.offer.introduce(introduction);
        this.#taken = taken;
      },
      // What the server could not do now, it may tell of the next request.
      () => {},
    );
    this.#unregister = registerAfterFork(this, ReservedChild.#leave);
  }

  // In a forked child it is the parent's.
  static #leave(inherited: ReservedChild): void {
    inherited.close();
  }

  /**
   * Takes the child out, and wakes it.
   * @returns Undefined when there is none that sleeps.
   */
  take(): IntroducedChild | undefined {
    const taken = this.#taken;
    if (taken === undefined || !sleeps(taken)) return undefined;
    this.#unregister();
    this.#taken = undefined;
    taken.offer.wake();
    return { ...taken, introduction: this.#introduction };
  }

  /** The same, when there is one; if it does not sleep then, it is let go. */
  async wait(): Promise<IntroducedChild | undefined> {
    this.#request.keepAlive(true);
    await this.#answered;
    const deadline = deadlineAfter(ADAPTS_IN_MS);
    while (this.#taken !== undefined && !sleeps(this.#taken) && timeLeft(deadline) > 0) {
      await setImmediate();
    }
    const child = this.take();
    if (child === undefined) this.close();
    return child;
  }

  /** Nobody wants it any more. */
  close(): void {
    this.#unregister();
    if (this.#taken === undefined) this.#request.close();
    else letGo(this.#taken);
    this.#taken = undefined;
  }
}
