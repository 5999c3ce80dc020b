import { LOOK, type WaitLine } from '../arena/wait-line.js';
import { QueueEmpty } from '../errors.js';
import { useSpill } from '../rings/spill.js';
import { decode } from '../serialization/pickle.js';
import { FOR_EVER, type Wait } from '../transport/wait-options.js';
import type { QueueMemory, TakeOutcome } from './queue-memory.js';
import { nextTurn, Turns } from './turns.js';

type Taken = Exclude<TakeOutcome, string>;

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

  async get(handle: object, wait: Wait): Promise<unknown> {
    if (wait.tryOnce) return this.#getNow();
    // Whoever waits already has come first.
    const taken = this.#line.isWaiting ? 'busy' : this.#take(false);
    if (typeof taken === 'string') return this.#wait(handle, wait);
    if (!this.#turns.spend()) await nextTurn();
    return open(taken);
  }

  getSync(wait: Wait): unknown {
    if (wait.tryOnce) return this.#getNow();
    let taken = this.#take(false);
    if (typeof taken === 'string') {
      const attempt = (patience: number) =>
        typeof (taken = this.#take((patience & LOOK) !== 0)) !== 'string';
      this.#line.waitSync(attempt, wait);
    }
    return openIfAny(taken);
  }

  // Another who gets is done in a moment: that is not what must not be waited for.
  #getNow(): unknown {
    let taken = this.#take(true);
    if (taken === 'busy') {
      this.#line.waitSync(() => (taken = this.#take(true)) !== 'busy', FOR_EVER);
    }
    return openIfAny(taken);
  }

  async #wait(handle: object, wait: Wait): Promise<unknown> {
    let taken: TakeOutcome = 'empty';
    const attempt = (patience: number) =>
      typeof (taken = this.#take((patience & LOOK) !== 0)) !== 'string';
    await this.#line.wait(handle, attempt, wait);
    return openIfAny(taken);
  }

  #take(look: boolean): TakeOutcome {
    const taken = this.#memory.take(look);
    if (typeof taken === 'string') return taken;
    this.#writable.wake(false);
    // Who found this one in the way, and sleeps.
    if (this.#line.isAwaited && !this.#memory.isEmpty) this.#line.wake(false);
    return taken;
  }
}

function openIfAny(taken: TakeOutcome): unknown {
  if (typeof taken === 'string') throw new QueueEmpty('The queue is empty');
  return open(taken);
}

function open(taken: Taken): unknown {
  return taken instanceof Uint8Array ? decode(taken) : useSpill(taken, (bytes) => decode(bytes));
}
