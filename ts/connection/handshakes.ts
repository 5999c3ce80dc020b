import { ProcessError, TimeoutError } from '../errors.js';
import { Alarm, deadlineAfter } from '../time.js';
import type { Connection } from '../transport/connection.js';

export interface HandshakeOptions {
  /** Rejects when the other side does not hold the key. */
  readonly shakeHands: (connection: Connection) => Promise<void>;
  readonly timeoutMs: number | undefined;
  /** Of those that have not proven who they are, the oldest have to go. */
  readonly max: number;
}

/** What becomes of those who connect. */
export interface Decisions {
  /** It holds the key. */
  admit(connection: Connection): void;
  /** It is closed. */
  refuse(error: unknown): void;
}

interface Stranger {
  readonly connection: Connection;
  /** Why it had to go. */
  dismissal: Error | undefined;
}

/**
 * Those who have connected to a listener and not yet proven that they hold its key, all at once: who
 * is slow, or silent, holds nobody up. Keeps no process running.
 */
export class Handshakes {
  readonly #options: HandshakeOptions;
  readonly #decisions: Decisions;
  // In the order in which they came.
  readonly #strangers = new Set<Stranger>();

  constructor(options: HandshakeOptions, decisions: Decisions) {
    this.#options = options;
    this.#decisions = decisions;
  }

  begin(connection: Connection): void {
    if (this.#strangers.size >= this.#options.max) this.dropOldest();
    connection.keepAlive(false);
    void this.#examine({ connection, dismissal: undefined });
  }

  dropOldest(): void {
    const [oldest] = this.#strangers;
    if (oldest === undefined) return;
    this.#dismiss(oldest, new ProcessError('It had to make room: too many connect at once'));
  }

  /** Drops all of them, without a word. */
  close(): void {
    for (const { connection } of this.#strangers) connection.close();
    this.#strangers.clear();
  }

  async #examine(stranger: Stranger): Promise<void> {
    const { connection } = stranger;
    this.#strangers.add(stranger);
    const stopClock = this.#startClock(stranger);
    try {
      await this.#options.shakeHands(connection);
      if (connection.closed) throw stranger.dismissal;
    } catch (error) {
      this.#refuse(stranger, error);
      return;
    } finally {
      stopClock();
    }
    this.#strangers.delete(stranger);
    connection.keepAlive(true);
    this.#decisions.admit(connection);
  }

  #refuse(stranger: Stranger, error: unknown): void {
    stranger.connection.close();
    const isKnown = this.#strangers.delete(stranger);
    if (isKnown || stranger.dismissal !== undefined) {
      this.#decisions.refuse(stranger.dismissal ?? error);
    }
  }

  // Its place is free at once: what waits on the connection learns later.
  #dismiss(stranger: Stranger, reason: Error): void {
    if (!this.#strangers.delete(stranger)) return;
    stranger.dismissal = reason;
    stranger.connection.close();
  }

  /** Returns what stops it. */
  #startClock(stranger: Stranger): () => void {
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined) return () => {};
    const expire = () => {
      this.#dismiss(
        stranger,
        new TimeoutError('The other side did not complete the handshake in time'),
      );
    };
    const alarm = new Alarm(deadlineAfter(timeoutMs), expire, { keepsRunning: false });
    return () => alarm.clear();
  }
}
