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
const FULL = 'The queue is full';

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
    try {
      if (wait.tryOnce) this.#putNow(encoded);
      // Whoever waits already has come first.
      else if (this.#line.isWaiting || this.#offer(encoded, false) !== 'put') {
        return this.#wait(handle, encoded, wait);
      }
    } catch (error) {
      drop(encoded);
      throw error;
    }
    return this.#turns.spend() ? DONE : nextTurn();
  }

  putSync(value: unknown, wait: Wait): void {
    const encoded = this.#encode(value);
    try {
      if (wait.tryOnce) this.#putNow(encoded);
      else if (this.#offerInTurn(encoded, false) !== 'put') this.#waitSync(encoded, wait);
    } catch (error) {
      drop(encoded);
      throw error;
    }
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
    if (outcome === 'full') throw new QueueFull(FULL);
  }

  async #wait(handle: object, encoded: Encoded, wait: Wait): Promise<void> {
    // The encoder uses its memory again.
    if (!(encoded.message instanceof Large)) encoded.message = Buffer.from(encoded.message);
    const attempt = (patience: number) => this.#offer(encoded, (patience & LOOK) !== 0) === 'put';
    try {
      if (!(await this.#line.wait(handle, attempt, wait))) throw new QueueFull(FULL);
    } catch (error) {
      drop(encoded);
      throw error;
    }
  }

  #waitSync(encoded: Encoded, wait: Wait): void {
    const attempt = (patience: number) =>
      this.#offerInTurn(encoded, (patience & LOOK) !== 0) === 'put';
    if (!this.#line.waitSync(attempt, wait)) throw new QueueFull(FULL);
  }

  // Not before what this thread is about to put asynchronously: that would stay behind for as long as this
  // blocks.
  #offerInTurn(encoded: Encoded, look: boolean): PutOutcome {
    if (this.#line.isWaiting) this.#line.onTick();
    if (!this.#line.isWaiting) return this.#offer(encoded, look);
    return this.#memory.isFull ? 'full' : 'busy';
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
function drop({ message, undo }: Encoded): void {
  if (message instanceof Large) message.release();
  undoAll(undo);
}
