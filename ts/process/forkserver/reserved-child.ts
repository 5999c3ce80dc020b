/** Client side: a child that was asked for ahead of need, and to which nothing has been said yet. */
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';
import type { Connection } from '../../transport/connection.js';
import { ChildRequest, letGo, type TakenOffer } from './child-request.js';

export class ReservedChild {
  readonly server: Connection;
  readonly #request: ChildRequest;
  readonly #answered: Promise<unknown>;
  #taken: TakenOffer | undefined;

  /** @throws A system error when there can be no more descriptors. */
  constructor(server: Connection) {
    this.server = server;
    this.#request = new ChildRequest(server);
    this.#request.keepAlive(false);
    this.#answered = this.#request.answer().then(
      (taken) => {
        this.#taken = taken;
      },
      // What the server could not do now, it may tell of the next request.
      () => {},
    );
    registerAfterFork(this, (inherited) => inherited.close());
  }

  /**
   * Takes the child out.
   * @returns Undefined when there is none yet, or it is not as a child of this moment would be.
   */
  take(): TakenOffer | undefined {
    const taken = this.#taken;
    if (taken === undefined) return undefined;
    this.#taken = undefined;
    // A signal that came to all processes of the program before this start must not count after it.
    if (native.isUndisturbed(taken.child.pid, taken.child.handle)) return taken;
    letGo(taken);
    return undefined;
  }

  /** The same, when there is an answer. */
  async wait(): Promise<TakenOffer | undefined> {
    this.#request.keepAlive(true);
    await this.#answered;
    return this.take();
  }

  /** Nobody wants it any more. */
  close(): void {
    if (this.#taken === undefined) this.#request.close();
    else letGo(this.#taken);
    this.#taken = undefined;
  }
}
