import { ClosedError, InvalidStateError, TimeoutError } from '../errors.js';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { READABLE, WRITABLE } from '../native/binding.js';
import { isReady, waitReadySync } from '../native/wait-sync.js';
import { deadlineAfter, timeLeft } from '../time.js';
import { Descriptor, somebodyWaits, type Waiter } from './descriptor.js';
import { BadLengthError, frameSize } from './frame.js';
import { FrameReader, type FrameRequest } from './frame-reader.js';
import { FrameWriter, type OutgoingFrame } from './frame-writer.js';
import {
  connectionClosed,
  connectionOpened,
  type OpenEnd,
} from './open-connections.js';
import { Pending } from './pending.js';
import { SpinPolicy } from './spin.js';
import type { Wait } from './wait-options.js';

/** What a receiver wants, and what it makes of the body. */
export interface ReceiveRequest<T> extends FrameRequest {
  finish(body: Uint8Array, reader: FrameReader): T;
}

interface Receiver {
  readonly request: ReceiveRequest<unknown>;
  readonly pending: Pending<unknown>;
}

// So many operations in a row may succeed without a turn of the event loop; the next one waits for
// one, so that a fast peer does not keep timers and other connections from their turn.
const TURN_BUDGET = 256;

// How long to wait for another process that is writing to this end: there is no event for it.
const FIRST_LOCK_DELAY_MS = 1;
const LAST_LOCK_DELAY_MS = 8;

/** One end of a connection: frames in and out, first come, first served, in either style. */
export class Channel implements Waiter, OpenEnd {
  readonly #descriptor: Descriptor;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  readonly #id: number;
  readonly #spin = new SpinPolicy();
  #readable: boolean;
  #writable: boolean;
  #receivers: Receiver[] = [];
  #polls: Pending<boolean>[] = [];
  #readBudget = TURN_BUDGET;
  #writeBudget = TURN_BUDGET;
  #lockTimer: NodeJS.Timeout | undefined;
  #lockDelay = FIRST_LOCK_DELAY_MS;

  /** Takes the descriptor over. */
  constructor(
    fd: number,
    { readable, writable }: { readable: boolean; writable: boolean },
  ) {
    this.#readable = readable;
    this.#writable = writable;
    this.#descriptor = new Descriptor(fd, this);
    this.#reader = new FrameReader(this.#descriptor);
    this.#writer = new FrameWriter(this.#descriptor);
    this.#id = connectionOpened(this);
    registerAfterFork(this, (channel) => channel.#afterFork());
  }

  get fd(): number {
    this.#requireOpen();
    return this.#descriptor.fd;
  }

  get isClosed(): boolean {
    return this.#descriptor.isClosed;
  }

  get readable(): boolean {
    return this.#readable;
  }

  get writable(): boolean {
    return this.#writable;
  }

  /** Other processes may hold this end as well: frames are written under its record lock. */
  markShared(): void {
    this.#descriptor.shared = true;
    // Takes the lock for a frame that is half out.
    if ((this.#writer.queue[0]?.position ?? 0) > 0) this.#flush();
  }

  get isShared(): boolean {
    return this.#descriptor.shared;
  }

  // ---- Receiving

  receive<T>(request: ReceiveRequest<T>, wait: Wait): T | Promise<T> {
    this.#requireReadable();
    if (wait.tryOnce || this.#mayReadAtOnce()) {
      const body = this.#tryRead(request, wait.tryOnce);
      if (body !== undefined) return request.finish(body, this.#reader);
    }
    if (wait.tryOnce) throw new TimeoutError('No message is there');
    return this.#waitForMessage(request, wait);
  }

  receiveSync<T>(request: ReceiveRequest<T>, wait: Wait): T {
    this.#requireReadable();
    try {
      for (;;) {
        const body = this.#tryRead(request, wait.tryOnce);
        if (body !== undefined) return request.finish(body, this.#reader);
        if (
          wait.tryOnce ||
          !waitReadySync(this.#descriptor.fd, READABLE, wait.deadline)
        )
          throw new TimeoutError('No message came in time');
      }
    } finally {
      this.#reader.giveBack();
    }
  }

  /** Whether something can be read, an end of file included. */
  async poll(wait: Wait): Promise<boolean> {
    this.#requireReadable();
    if (isReady(this.#descriptor.fd, READABLE)) return true;
    if (wait.tryOnce) return false;
    const pending = new Pending<boolean>();
    const giveUp = (settle: () => void) => {
      remove(this.#polls, pending);
      this.#watch();
      settle();
    };
    pending
      .expireAt(wait.deadline, () => giveUp(() => pending.resolve(false)))
      .abortOn(wait.signal, (reason) => giveUp(() => pending.reject(reason)));
    this.#polls.push(pending);
    this.#watch();
    return pending.promise;
  }

  pollSync(wait: Wait): boolean {
    this.#requireReadable();
    const { fd } = this.#descriptor;
    return wait.tryOnce
      ? isReady(fd, READABLE)
      : waitReadySync(fd, READABLE, wait.deadline);
  }

  #waitForMessage<T>(request: ReceiveRequest<T>, wait: Wait): Promise<T> {
    const pending = new Pending<T>();
    const receiver = { request, pending } as unknown as Receiver;
    const giveUp = (error: unknown) => {
      remove(this.#receivers, receiver);
      this.#reader.giveBack();
      this.#watch();
      pending.reject(error);
    };
    pending
      .expireAt(wait.deadline, () =>
        giveUp(new TimeoutError('No message came in time')),
      )
      .abortOn(wait.signal, giveUp);
    this.#receivers.push(receiver);
    this.#watch();
    return pending.promise;
  }

  // Whoever waits already is first.
  #mayReadAtOnce(): boolean {
    return this.#receivers.length === 0 && this.#readBudget-- > 0;
  }

  #tryRead(request: FrameRequest, justOnce: boolean): Uint8Array | undefined {
    try {
      const spinUs = justOnce || somebodyWaits() ? 0 : this.#spin.next();
      const body = this.#reader.read(request, spinUs);
      if (spinUs > 0)
        this.#spin.report(body !== undefined, this.#reader.spunUs);
      return body;
    } catch (error) {
      if (error instanceof BadLengthError) this.#stopReading();
      throw error;
    }
  }

  // The next message cannot be found.
  #stopReading(): void {
    this.#readable = false;
    if (!this.#writable) this.close();
    else this.#failReaders(writeOnlyError());
  }

  #serveReceivers(): void {
    this.#readBudget = TURN_BUDGET;
    for (const pending of this.#polls.splice(0)) pending.resolve(true);
    for (;;) {
      // Off the line while it is served: `finish` may run code of the user's, and an error that
      // ends the reading fails those behind it.
      const receiver = this.#receivers.shift();
      if (receiver === undefined) return;
      const { request, pending } = receiver;
      try {
        const body = this.#tryRead(request, true);
        if (body === undefined) {
          this.#receivers.unshift(receiver);
          return;
        }
        pending.resolve(request.finish(body, this.#reader));
      } catch (error) {
        pending.reject(error);
      }
    }
  }

  #failReaders(error: Error): void {
    for (const { pending } of this.#receivers.splice(0)) pending.reject(error);
    for (const pending of this.#polls.splice(0)) pending.reject(error);
  }

  // ---- Sending

  /** The body is copied if it has to wait. */
  send(
    body: Uint8Array,
    handles: readonly number[],
    wait: Wait,
  ): void | Promise<void> {
    this.#requireWritable();
    let position = 0;
    if (this.#writer.isEmpty && (wait.tryOnce || this.#writeBudget-- > 0)) {
      position = this.#writer.tryWrite(body, handles);
      if (position === frameSize(body.length)) return;
    }
    return this.#waitForRoom(Buffer.from(body), position, handles, wait);
  }

  sendSync(body: Uint8Array, handles: readonly number[], wait: Wait): void {
    this.#requireWritable();
    let position = 0;
    if (this.#writer.isEmpty) {
      position = this.#writer.tryWrite(body, handles);
      if (position === frameSize(body.length)) return;
    }
    this.#blockForRoom(body, position, handles, wait);
  }

  #waitForRoom(
    body: Uint8Array,
    position: number,
    handles: readonly number[],
    wait: Wait,
  ): Promise<void> {
    const pending = new Pending<void>();
    const frame = this.#writer.enqueue(body, position, handles, (error) => {
      if (error === undefined) pending.resolve();
      else pending.reject(error);
    });
    const giveUp = (error: unknown) => {
      this.#writer.abandon(frame);
      this.#watch();
      pending.reject(error);
    };
    if (wait.tryOnce) giveUp(sendTimeout(frame));
    else {
      pending
        .expireAt(wait.deadline, () => giveUp(sendTimeout(frame)))
        .abortOn(wait.signal, giveUp);
    }
    this.#watch();
    return pending.promise;
  }

  #blockForRoom(
    body: Uint8Array,
    position: number,
    handles: readonly number[],
    wait: Wait,
  ): void {
    let outcome: { error: unknown } | undefined;
    const frame = this.#writer.enqueue(body, position, handles, (error) => {
      outcome = { error };
    });
    try {
      for (;;) {
        this.#writer.flush();
        if (outcome !== undefined) break;
        if (wait.tryOnce || !this.#waitForRoomSync(wait))
          throw sendTimeout(frame);
      }
    } catch (error) {
      if (!this.#writer.abandon(frame)) frame.body = Buffer.from(body);
      this.#watch();
      throw error;
    }
    this.#watch();
    if (outcome.error !== undefined) throw outcome.error;
  }

  #waitForRoomSync(wait: Wait): boolean {
    if (this.#writer.hindrance === 'full')
      return waitReadySync(this.#descriptor.fd, WRITABLE, wait.deadline);
    const retryAt = deadlineAfter(FIRST_LOCK_DELAY_MS);
    waitReadySync(-1, 0, Math.min(retryAt, wait.deadline));
    return timeLeft(wait.deadline) > 0;
  }

  #flush(): void {
    this.#writeBudget = TURN_BUDGET;
    this.#writer.flush();
    this.#watch();
  }

  // ---- Waiting

  get #waitsForLock(): boolean {
    return !this.#writer.isEmpty && this.#writer.hindrance === 'locked';
  }

  /** @internal */
  get wanted(): number {
    const toRead = this.#receivers.length > 0 || this.#polls.length > 0;
    const toWrite = !this.#writer.isEmpty && !this.#waitsForLock;
    return (toRead ? READABLE : 0) | (toWrite ? WRITABLE : 0);
  }

  /** @internal */
  onReady(events: number): void {
    if ((events & WRITABLE) !== 0) this.#flush();
    if ((events & READABLE) !== 0) this.#serveReceivers();
    this.#watch();
  }

  // Whenever an operation begins to wait or ends.
  #watch(): void {
    if (this.isClosed) return;
    const isAwaited =
      this.#receivers.length > 0 ||
      this.#polls.length > 0 ||
      this.#writer.isAwaited;
    this.#descriptor.watch(this, isAwaited);
    if (this.#waitsForLock) this.#retryLock();
  }

  #retryLock(): void {
    if (this.#lockTimer !== undefined) return;
    this.#lockTimer = setTimeout(() => {
      this.#lockTimer = undefined;
      this.#flush();
      if (!this.#waitsForLock) this.#lockDelay = FIRST_LOCK_DELAY_MS;
    }, this.#lockDelay);
    this.#lockDelay = Math.min(this.#lockDelay * 2, LAST_LOCK_DELAY_MS);
  }

  // ---- The end

  close({ keepOpen = false } = {}): void {
    if (this.isClosed) return;
    connectionClosed(this.#id);
    clearTimeout(this.#lockTimer);
    this.#reader.close();
    this.#descriptor.close(this, { keepOpen });
    this.#writer.close();
    this.#failReaders(new ClosedError('The connection was closed'));
  }

  // In the child: what waits, waits in the parent, and a frame that is half there is the parent's.
  #afterFork(): void {
    if (this.isClosed) return;
    this.#descriptor.shared = true;
    this.#descriptor.forget(this);
    clearTimeout(this.#lockTimer);
    this.#lockTimer = undefined;
    for (const { pending } of this.#receivers.splice(0)) pending.forget();
    for (const pending of this.#polls.splice(0)) pending.forget();
    this.#writer.forget();
    this.#reader.forget();
  }

  #requireOpen(): void {
    if (this.isClosed) throw new ClosedError('The connection is closed');
  }

  #requireReadable(): void {
    this.#requireOpen();
    if (!this.#readable) throw writeOnlyError();
  }

  #requireWritable(): void {
    this.#requireOpen();
    if (!this.#writable)
      throw new InvalidStateError('The connection is read-only');
  }
}

function writeOnlyError(): Error {
  return new InvalidStateError('The connection is write-only');
}

function sendTimeout(frame: OutgoingFrame): Error {
  return new TimeoutError(
    frame.position === 0
      ? 'The message could not be sent in time'
      : 'The message could not be sent in time; a part of it is out, and the rest follows when the other end reads',
  );
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
