import { TimeoutError } from '../errors.js';
import { WRITABLE } from '../native/binding.js';
import { waitReadySync } from '../native/wait-sync.js';
import { deadlineAfter, timeLeft } from '../time.js';
import type { Descriptor } from './descriptor.js';
import { frameSize } from './frame.js';
import { FrameWriter, type OutgoingFrame } from './frame-writer.js';
import { Pending } from './pending.js';
import { TURN_BUDGET } from './turn-budget.js';
import type { Wait } from './wait-options.js';

// How long to wait for another process that is writing to this end: there is no event for it.
const FIRST_LOCK_DELAY_MS = 1;
const LAST_LOCK_DELAY_MS = 8;

/** The end that the line belongs to. */
export interface SendingEnd {
  /** Somebody began to wait, or ceased to. */
  waitsChanged(): void;
}

/** Those who send at one end: one after the other, first come, first served. */
export class SendLine {
  readonly #end: SendingEnd;
  readonly #descriptor: Descriptor;
  readonly #writer: FrameWriter;
  #budget = TURN_BUDGET;
  #lockTimer: NodeJS.Timeout | undefined;
  #lockDelay = FIRST_LOCK_DELAY_MS;

  constructor(descriptor: Descriptor, end: SendingEnd) {
    this.#descriptor = descriptor;
    this.#end = end;
    this.#writer = new FrameWriter(descriptor);
  }

  /** Whether somebody waits for a message to be out; the rest of one may follow for nobody. */
  get isAwaited(): boolean {
    return this.#writer.isAwaited;
  }

  /** Whether the line goes on when there is room. */
  get waitsForRoom(): boolean {
    return !this.#writer.isEmpty && this.#writer.hindrance === 'full';
  }

  /** The body is copied if it has to wait. */
  send(body: Uint8Array, handles: readonly number[], wait: Wait): void | Promise<void> {
    let position = 0;
    if (this.#writer.isEmpty && (wait.tryOnce || this.#budget-- > 0)) {
      position = this.#writer.tryWrite(body, handles);
      if (position === frameSize(body.length)) return;
    }
    return this.#wait(body, position, handles, wait);
  }

  sendSync(body: Uint8Array, handles: readonly number[], wait: Wait): void {
    let position = 0;
    if (this.#writer.isEmpty) {
      position = this.#writer.tryWrite(body, handles);
      if (position === frameSize(body.length)) return;
    }
    this.#block(body, position, handles, wait);
  }

  /** Writes as much as goes. */
  serve(): void {
    this.#budget = TURN_BUDGET;
    this.#writer.flush();
    this.#changed();
  }

  /** Takes the lock of the end, which just became shared, for a frame that is half out. */
  lockIfMidway(): void {
    if ((this.#writer.queue[0]?.position ?? 0) > 0) this.serve();
  }

  /** Fails everybody who waits. */
  close(): void {
    clearTimeout(this.#lockTimer);
    this.#writer.close();
  }

  /** In a forked child: who waits, waits in the parent. */
  forget(): void {
    clearTimeout(this.#lockTimer);
    this.#lockTimer = undefined;
    this.#writer.forget();
  }

  #wait(body: Uint8Array, position: number, handles: readonly number[], wait: Wait): Promise<void> {
    const pending = new Pending<void>();
    const frame = this.#writer.enqueue(body, position, handles, (error) => {
      if (error === undefined) pending.resolve();
      else pending.reject(error);
    });
    this.#writer.keep(frame);
    const giveUp = (error: unknown) => {
      this.#writer.abandon(frame);
      this.#changed();
      pending.reject(error);
    };
    if (wait.tryOnce) giveUp(sendTimeout(frame));
    else {
      pending
        .expireAt(wait.deadline, () => giveUp(sendTimeout(frame)))
        .abortOn(wait.signal, giveUp);
      try {
        this.#changed();
      } catch (error) {
        // There are no descriptors left to watch with.
        this.#writer.abandon(frame);
        pending.reject(error);
      }
    }
    return pending.promise;
  }

  #block(body: Uint8Array, position: number, handles: readonly number[], wait: Wait): void {
    let outcome: { error: unknown } | undefined;
    const frame = this.#writer.enqueue(body, position, handles, (error) => {
      outcome = { error };
    });
    try {
      for (;;) {
        this.#writer.flush();
        if (outcome !== undefined) break;
        if (wait.tryOnce || !this.#waitSync(wait)) throw sendTimeout(frame);
      }
    } catch (error) {
      if (!this.#writer.abandon(frame)) this.#writer.keep(frame);
      throw error;
    } finally {
      this.#changed();
    }
    if (outcome.error !== undefined) throw outcome.error;
  }

  #waitSync(wait: Wait): boolean {
    if (this.#writer.hindrance === 'full')
      return waitReadySync(this.#descriptor.fd, WRITABLE, wait.deadline);
    const retryAt = deadlineAfter(FIRST_LOCK_DELAY_MS);
    waitReadySync(-1, 0, Math.min(retryAt, wait.deadline));
    return timeLeft(wait.deadline) > 0;
  }

  #changed(): void {
    if (this.#writer.isEmpty || this.waitsForRoom) this.#lockDelay = FIRST_LOCK_DELAY_MS;
    else this.#retryLock();
    this.#end.waitsChanged();
  }

  #retryLock(): void {
    if (this.#lockTimer !== undefined) return;
    this.#lockTimer = setTimeout(() => {
      this.#lockTimer = undefined;
      this.serve();
    }, this.#lockDelay);
    this.#lockDelay = Math.min(this.#lockDelay * 2, LAST_LOCK_DELAY_MS);
  }
}

function sendTimeout(frame: OutgoingFrame): Error {
  return new TimeoutError(
    frame.position === 0
      ? 'The message could not be sent in time'
      : 'The message could not be sent in time; a part of it is out, and the rest follows when the other end reads',
  );
}
