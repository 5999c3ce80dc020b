import type { Undo } from '../serialization/pickle.js';
import { undoAll } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import { closeHandles } from '../transport/frame-reader.js';
import { busyPoll } from './busy-poll.js';
import { Outbox, type PostOptions } from './outbox.js';
import type { Frame, Message } from './protocol.js';
import { readMessages } from './read-messages.js';

/** What the two ends of a connection do with what comes. */
export interface WireEnd {
  /** Whether more is awaited; nothing is read otherwise, and the event loop not kept alive. */
  readonly isExpecting: boolean;
  onMessage(message: Message): void;
  /** Once: the connection is gone, and not by `close`. */
  onEnd(error: Error): void;
}

/** With so much, messages do not wait for the end of the current piece of code. */
const FULL_BYTES = 256 * 1024;

/** How long the other side may take to read what was posted, once this one has closed the connection, in ms. */
const CLOSE_GRACE_MS = 1000;

/**
 * A connection over which messages go in frames: all that are posted in one go, in one frame. Those that are posted
 * before it is made wait for it.
 */
export class Wire {
  readonly #end: WireEnd;
  readonly #outbox = new Outbox();
  #connection: Connection | undefined;
  #isReading = false;
  #isFlushDue = false;
  #hasEnded = false;
  #sent: Promise<void> = Promise.resolve();

  constructor(end: WireEnd) {
    this.#end = end;
  }

  get isOpen(): boolean {
    return !this.#hasEnded;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined && !this.#hasEnded;
  }

  /** The connection is made. */
  open(connection: Connection): void {
    if (this.#hasEnded) {
      connection.close();
      return;
    }
    this.#connection = connection;
    this.#outbox.copiesHandles = false;
    this.flush();
    this.read();
  }

  /** @throws {PicklingError}, and nothing is posted. */
  post(kind: number, number: number, value: unknown, options: PostOptions): void {
    this.#outbox.add(kind, number, value, options);
    this.#posted();
  }

  /** The same, without a value. */
  postEmpty(kind: number, number: number): void {
    this.#outbox.addEmpty(kind, number);
    this.#posted();
  }

  #posted(): void {
    // The program may close descriptors as soon as it goes on.
    if (this.#outbox.hasHandles || this.#outbox.length > FULL_BYTES) {
      this.flush();
    } else if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      queueMicrotask(() => this.flush());
    }
  }

  /** Sends what was posted. */
  flush(): void {
    this.#isFlushDue = false;
    if (this.#outbox.isEmpty || this.#hasEnded || this.#connection === undefined) return;
    const { body, handles, undo, copies } = this.#outbox.take();
    this.#sent = this.#connection
      .sendFrame(body, handles)
      .catch((error) => this.fail(error, undo))
      .finally(() => closeHandles(copies));
  }

  /** Sends what was posted if there is room, for a process that ends. */
  flushSync(): void {
    if (this.#outbox.isEmpty || this.#hasEnded) return;
    try {
      this.#connection?.sendBytesSync(this.#outbox.take().body, { timeout: 0 });
    } catch {
      // The other side is told by the end of the connection.
    }
  }

  /** Reads for as long as something is expected. */
  read(): void {
    if (!this.#isReading && !this.#hasEnded && this.#connection !== undefined) {
      void this.#readAll(this.#connection);
    }
  }

  /** Lets go of the connection when what was posted is out, or is not read in time, without telling the end. */
  close(): void {
    if (this.#hasEnded) return;
    this.flush();
    this.#hasEnded = true;
    this.#discard();
    const connection = this.#connection;
    const timer = setTimeout(() => connection?.close(), CLOSE_GRACE_MS);
    this.#sent.finally(() => {
      clearTimeout(timer);
      connection?.close();
    });
  }

  /** In a forked child: the connection is the parent's. */
  forget(): void {
    this.#hasEnded = true;
    closeHandles(this.#outbox.take().copies);
    this.#connection?.close();
  }

  /** The connection is of no use any more, or could not be made. */
  fail(error: Error, undo: Undo[] = []): void {
    undoAll(undo);
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#discard();
    this.#connection?.close();
    this.#end.onEnd(error);
  }

  /** What was posted does not leave any more. */
  #discard(): void {
    const { undo, copies } = this.#outbox.take();
    undoAll(undo);
    closeHandles(copies);
  }

  async #readAll(connection: Connection): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#end.isExpecting && !this.#hasEnded) {
        busyPoll.await();
        const frame = await connection.recvFrame();
        busyPoll.arrived();
        this.#take(frame);
        // Whoever does not read what he is sent is not read from.
        await this.#sent;
      }
    } catch (error) {
      this.fail(error as Error);
    } finally {
      this.#isReading = false;
    }
  }

  #take(frame: Frame): void {
    readMessages(frame, (message) => this.#end.onMessage(message));
    this.flush();
  }
}
