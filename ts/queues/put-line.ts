import { LOOK, type WaitLine } from '../arena/wait-line.js';
import { PicklingError, QueueFull } from '../errors.js';
import { encode, reuseBytes, type Undo, undoAll } from '../serialization/pickle.js';
import { FOR_EVER, type Wait } from '../transport/wait-options.js';
import { Large } from './large.js';
import type { Message, PutOutcome, QueueMemory } from './queue-memory.js';
import { LARGEST } from './segment.js';
import { nextTurn, Turns } from './turns.js';

// What is in shared memory cannot hold a descriptor open.
const noHandles = Object.assign<number[], Pick<number[], 'push'>>([], {
  push() {
    throw new PicklingError(
      'cannot pickle an open descriptor for a queue: send it over a Connection, or to a new process',
    );
  },
});

const DONE = Promise.resolve();

/** A value on its way in. */
interface Encoded {
  message: Message;
  readonly undo: Undo[];
}

/** Those of this thread who put something into a queue. */
export class PutLine {
  readonly #memory: QueueMemory;
  readonly #line: WaitLine;
  readonly #readable: WaitLine;
  readonly #turns = new Turns();

  constructor(memory: QueueMemory, line: WaitLine, readable: WaitLine) {
    this.#memory = memory;
    this.#line = line;
    this.#readable = readable;
  }

  put(handle: object, value: unknown, wait: Wait): Promise<void> {
    const encoded = this.#encode(value);
    if (wait.tryOnce) return this.#finishNow(encoded);
    // Whoever waits already has come first.
    if (!this.#line.isWaiting && this.#offer(encoded, false) === 'put') {
      return this.#turns.spend() ? DONE : nextTurn();
    }
    return this.#wait(handle, encoded, wait);
  }

  putSync(value: unknown, wait: Wait): void {
    const encoded = this.#encode(value);
    if (wait.tryOnce) this.#putNow(encoded);
    else if (this.#offerInTurn(encoded, false) !== 'put') this.#waitSync(encoded, wait);
  }

  #encode(value: unknown): Encoded {
    const undo: Undo[] = [];
    const bytes = encode(value, { root: 'item', handles: noHandles, undo });
    if (bytes.length <= LARGEST) return { message: bytes, undo };
    try {
      return { message: this.#memory.spares.fill(bytes), undo };
    } catch (error) {
      undoAll(undo);
      throw error;
    } finally {
      reuseBytes(bytes);
    }
  }

  async #finishNow(encoded: Encoded): Promise<void> {
    this.#putNow(encoded);
  }

  // Another who puts is done in a moment: that is not what must not be waited for.
  #putNow(encoded: Encoded): void {
    let outcome = this.#offerInTurn(encoded, true);
    if (outcome === 'busy') {
      const attempt = () => {
        outcome = this.#offerInTurn(encoded, true);
        return outcome !== 'busy';
      };
      this.#line.waitSync(attempt, FOR_EVER);
    }
    if (outcome === 'full') throw drop(encoded);
  }

  async #wait(handle: object, encoded: Encoded, wait: Wait): Promise<void> {
    // The encoder uses its memory again.
    if (!(encoded.message instanceof Large)) encoded.message = Buffer.from(encoded.message);
    const attempt = (patience: number) => this.#offer(encoded, (patience & LOOK) !== 0) === 'put';
    let isPut = false;
    try {
      isPut = await this.#line.wait(handle, attempt, wait);
    } catch (error) {
      drop(encoded);
      throw error;
    }
    if (!isPut) throw drop(encoded);
  }

  #waitSync(encoded: Encoded, wait: Wait): void {
    const attempt = (patience: number) =>
      this.#offerInTurn(encoded, (patience & LOOK) !== 0) === 'put';
    let isPut = false;
    try {
      isPut = this.#line.waitSync(attempt, wait);
    } catch (error) {
      drop(encoded);
      throw error;
    }
    if (!isPut) throw drop(encoded);
  }

  // Not before what this thread is about to put asynchronously: that would stay behind for as long as this
  // blocks.
  #offerInTurn(encoded: Encoded, look: boolean): PutOutcome {
    if (this.#line.isWaiting) this.#line.onTick();
    return this.#line.isWaiting ? 'full' : this.#offer(encoded, look);
  }

  #offer({ message }: Encoded, look: boolean): PutOutcome {
    const outcome = this.#memory.put(message, look);
    if (outcome !== 'put') return outcome;
    if (message instanceof Large) message.release();
    this.#readable.wake(false);
    // Who found this one in the way, and sleeps.
    if (this.#line.isAwaited && !this.#memory.isFull) this.#line.wake(false);
    return outcome;
  }
}

/** For one that was not put. */
function drop({ message, undo }: Encoded): QueueFull {
  if (message instanceof Large) message.release();
  undoAll(undo);
  return new QueueFull('The queue is full');
}
