import { LOOK, type WaitLine } from '../arena/wait-line.js';
import { QueueEmpty } from '../errors.js';
import { FOR_EVER, type Wait } from '../transport/wait-options.js';
import { type Inbox, returnInbox, takeInbox } from './inbox.js';
import type { QueueMemory, TakeOutcome } from './queue-memory.js';
import { nextTurn, Turns } from './turns.js';

/** Those of this thread who get something out of a queue. */
export class GetLine {
  readonly #memory: QueueMemory;
  readonly #line: WaitLine;
  readonly #writable: WaitLine;
  readonly #turns = new Turns();

  constructor(memory: QueueMemory, line: WaitLine, writable: WaitLine) {
    this.#memory = memory;
    this.#line = line;
    this.#writable = writable;
  }

  get(handle: object, wait: Wait): Promise<unknown> {
    if (wait.tryOnce) return Promise.resolve(this.getSync(wait));
    const inbox = takeInbox();
    // Whoever waits already has come first.
    const isTaken = !this.#line.isWaiting && this.#take(inbox, false) === 'taken';
    if (!isTaken) return this.#wait(handle, inbox, wait);
    const value = this.#open(inbox);
    return this.#turns.spend() ? Promise.resolve(value) : nextTurn().then(() => value);
  }

  /** Whether there is something to get, in time. */
  poll(handle: object, wait: Wait): boolean | Promise<boolean> {
    const isThere = () => !this.#memory.isEmpty;
    return wait.tryOnce || isThere() ? isThere() : this.#line.wait(handle, isThere, wait);
  }

  getSync(wait: Wait): unknown {
    const inbox = takeInbox();
    const isTaken = wait.tryOnce ? this.#takeNow(inbox) : this.#takeSync(inbox, wait);
    return this.#finish(inbox, isTaken);
  }

  // Another who gets is done in a moment: that is not what must not be waited for.
  #takeNow(inbox: Inbox): boolean {
    let outcome = this.#take(inbox, true);
    if (outcome === 'busy') {
      const attempt = () => {
        outcome = this.#take(inbox, true);
        return outcome !== 'busy';
      };
      this.#line.waitSync(attempt, FOR_EVER);
    }
    return outcome === 'taken';
  }

  #takeSync(inbox: Inbox, wait: Wait): boolean {
    if (this.#take(inbox, false) === 'taken') return true;
    return this.#line.waitSync(this.#attempt(inbox), wait);
  }

  async #wait(handle: object, inbox: Inbox, wait: Wait): Promise<unknown> {
    return this.#finish(inbox, await this.#line.wait(handle, this.#attempt(inbox), wait));
  }

  #attempt(inbox: Inbox): (patience: number) => boolean {
    return (patience) => this.#take(inbox, (patience & LOOK) !== 0) === 'taken';
  }

  #take(inbox: Inbox, look: boolean): TakeOutcome {
    const outcome = this.#memory.take(inbox, look);
    if (outcome !== 'taken') return outcome;
    this.#writable.wake(false);
    // Who found this one in the way, and sleeps.
    if (this.#line.isAwaited && !this.#memory.isEmpty) this.#line.wake(false);
    return outcome;
  }

  #finish(inbox: Inbox, isTaken: boolean): unknown {
    if (isTaken) return this.#open(inbox);
    returnInbox(inbox);
    throw new QueueEmpty('The queue is empty');
  }

  #open(inbox: Inbox): unknown {
    try {
      return inbox.open(this.#memory.spares);
    } finally {
      returnInbox(inbox);
    }
  }
}
