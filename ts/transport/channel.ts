import { ClosedError, InvalidStateError } from '../errors.js';
import { READABLE, WRITABLE } from '../native/binding.js';
import { Descriptor, type Waiter } from './descriptor.js';
import { connectionClosed, connectionOpened, type OpenEnd } from './open-connections.js';
import { ReceiveLine, type ReceiveRequest, type ReceivingEnd } from './receive-line.js';
import { type SendingEnd, SendLine } from './send-line.js';
import type { Wait } from './wait-options.js';

/** One end of a connection: whole frames in and out, and its place in the event loop. */
export class Channel implements Waiter, OpenEnd, ReceivingEnd, SendingEnd {
  readonly #descriptor: Descriptor;
  readonly #receivers: ReceiveLine;
  readonly #senders: SendLine;
  readonly #id: number;
  #readable: boolean;
  readonly #writable: boolean;
  #keepsAlive = true;
  // The last operation was a send: what is received next is its answer.
  #justSent = false;

  /** Takes the descriptor over. */
  constructor(fd: number, { readable, writable }: { readable: boolean; writable: boolean }) {
    this.#readable = readable;
    this.#writable = writable;
    this.#descriptor = new Descriptor(fd, this);
    this.#receivers = new ReceiveLine(this.#descriptor, this);
    this.#senders = new SendLine(this.#descriptor, this);
    this.#id = connectionOpened(this);
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
    this.#senders.lockIfMidway();
  }

  /** Whether what waits here keeps the process running. */
  keepAlive(keep: boolean): void {
    this.#keepsAlive = keep;
    this.waitsChanged();
  }

  receive<T>(request: ReceiveRequest<T>, wait: Wait): T | Promise<T> {
    this.#requireReadable();
    return this.#receivers.receive(request, wait, this.#expectsAnswer());
  }

  receiveSync<T>(request: ReceiveRequest<T>, wait: Wait): T {
    this.#requireReadable();
    return this.#receivers.receiveSync(request, wait, this.#expectsAnswer());
  }

  /** Whether something can be read, an end of file included. */
  poll(wait: Wait): boolean | Promise<boolean> {
    this.#requireReadable();
    return this.#receivers.poll(wait);
  }

  pollSync(wait: Wait): boolean {
    this.#requireReadable();
    return this.#receivers.pollSync(wait);
  }

  /** The body is copied if it has to wait. */
  send(body: Uint8Array, handles: readonly number[], wait: Wait): void | Promise<void> {
    this.#requireWritable();
    this.#justSent = true;
    return this.#senders.send(body, handles, wait);
  }

  sendSync(body: Uint8Array, handles: readonly number[], wait: Wait): void {
    this.#requireWritable();
    this.#justSent = true;
    this.#senders.sendSync(body, handles, wait);
  }

  close({ keepOpen = false } = {}): void {
    if (this.isClosed) return;
    connectionClosed(this.#id);
    this.#receivers.close();
    this.#descriptor.close(this, { keepOpen });
    this.#senders.close();
    this.#receivers.fail(() => new ClosedError('The connection was closed'));
  }

  // What the lines and the event loop tell.

  get wanted(): number {
    return (this.#receivers.isAwaited ? READABLE : 0) | (this.#senders.waitsForRoom ? WRITABLE : 0);
  }

  waitsChanged(): void {
    if (this.isClosed) return;
    const isAwaited = this.#receivers.isAwaited || this.#senders.isAwaited;
    this.#descriptor.watch(this, isAwaited && this.#keepsAlive);
  }

  onReady(events: number): void {
    if ((events & WRITABLE) !== 0) this.#senders.serve();
    if ((events & READABLE) !== 0) this.#receivers.serve();
    this.waitsChanged();
  }

  stopReading(): void {
    this.#readable = false;
    if (!this.#writable) this.close();
    else this.#receivers.fail(writeOnlyError);
  }

  afterFork(): void {
    this.#descriptor.shared = true;
    this.#descriptor.forget(this);
    this.#receivers.forget();
    this.#senders.forget();
  }

  #expectsAnswer(): boolean {
    const expects = this.#justSent;
    this.#justSent = false;
    return expects;
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
    if (!this.#writable) throw new InvalidStateError('The connection is read-only');
  }
}

function writeOnlyError(): Error {
  return new InvalidStateError('The connection is write-only');
}
