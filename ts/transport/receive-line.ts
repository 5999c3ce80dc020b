import { TimeoutError } from '../errors.js';
import { READABLE } from '../native/binding.js';
import { isReady, waitReadySync } from '../native/wait-sync.js';
import { type Descriptor, somebodyWaits } from './descriptor.js';
import { BadLengthError } from './frame.js';
import { FrameReader, type FrameRequest } from './frame-reader.js';
import { Pending } from './pending.js';
import { SpinPolicy } from './spin.js';
import { TURN_BUDGET } from './turn-budget.js';
import { FOR_EVER, type Wait } from './wait-options.js';

/** What a receiver wants, and what it makes of the body. */
export interface ReceiveRequest<T> extends FrameRequest {
  finish(body: Uint8Array, reader: FrameReader): T;
}

interface Receiver {
  readonly request: ReceiveRequest<unknown>;
  readonly pending: Pending<unknown>;
}

/** The end that the line belongs to. */
export interface ReceivingEnd {
  /** Somebody began to wait, or ceased to. */
  waitsChanged(): void;
  /** The next message cannot be found. */
  stopReading(): void;
}

/** Those who receive at one end: one after the other, first come, first served. */
export class ReceiveLine {
  readonly #end: ReceivingEnd;
  readonly #descriptor: Descriptor;
  readonly #reader: FrameReader;
  readonly #spin = new SpinPolicy();
  #receivers: Receiver[] = [];
  #polls: Pending<boolean>[] = [];
  #budget = TURN_BUDGET;

  constructor(descriptor: Descriptor, end: ReceivingEnd) {
    this.#descriptor = descriptor;
    this.#end = end;
    this.#reader = new FrameReader(descriptor);
  }

  get isAwaited(): boolean {
    return this.#receivers.length > 0 || this.#polls.length > 0;
  }

  /** @param expectsAnswer - To what was just sent: it cannot be there yet. */
  receive<T>(request: ReceiveRequest<T>, wait: Wait, expectsAnswer: boolean): T | Promise<T> {
    if (wait.tryOnce || this.#mayReadAtOnce()) {
      const spinUs = this.#spinFor(wait);
      // An answer that is not awaited here is awaited in the event loop at once.
      if (wait.tryOnce || spinUs > 0 || !expectsAnswer) {
        const body = this.#tryRead(request, spinUs, expectsAnswer);
        if (body !== undefined) return request.finish(body, this.#reader);
      }
    }
    if (wait.tryOnce) throw new TimeoutError('No message is there');
    return this.#wait(request, wait);
  }

  receiveSync<T>(request: ReceiveRequest<T>, wait: Wait, expectsAnswer: boolean): T {
    try {
      for (;;) {
        const spinUs = request.spinUs ?? this.#spinFor(wait);
        const body = this.#tryRead(request, spinUs, expectsAnswer);
        if (body !== undefined) return request.finish(body, this.#reader);
        if (wait.tryOnce || !this.pollSync(wait)) throw new TimeoutError('No message came in time');
      }
    } finally {
      this.#reader.giveBack();
    }
  }

  poll(wait: Wait): boolean | Promise<boolean> {
    const isThere = isReady(this.#descriptor.fd, READABLE);
    if (isThere || wait.tryOnce) return isThere;
    const pending = new Pending<boolean>();
    const leave = () => {
      remove(this.#polls, pending);
      this.#end.waitsChanged();
    };
    this.#polls.push(pending);
    pending
      .expireAt(wait.deadline, () => {
        leave();
        pending.resolve(false);
      })
      .abortOn(wait.signal, (reason) => {
        leave();
        pending.reject(reason);
      });
    this.#watchFor(pending, () => remove(this.#polls, pending));
    return pending.promise;
  }

  pollSync(wait: Wait): boolean {
    const { fd } = this.#descriptor;
    return wait.tryOnce ? isReady(fd, READABLE) : waitReadySync(fd, READABLE, wait.deadline);
  }

  /** Something can be read. */
  serve(): void {
    this.#budget = TURN_BUDGET;
    if (this.#polls.length > 0) for (const pending of this.#polls.splice(0)) pending.resolve(true);
    for (;;) {
      // Off the line while it is served: `finish` may run code of the user's, and an error that
      // ends the reading fails those behind it.
      const receiver = this.#receivers.shift();
      if (receiver === undefined) return;
      const { request, pending } = receiver;
      try {
        const body = this.#tryRead(request, 0);
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

  /** Fails everybody who waits. */
  fail(makeError: () => Error): void {
    if (this.#receivers.length === 0 && this.#polls.length === 0) return;
    const error = makeError();
    for (const { pending } of this.#receivers.splice(0)) pending.reject(error);
    for (const pending of this.#polls.splice(0)) pending.reject(error);
  }

  close(): void {
    this.#reader.close();
  }

  /** In a forked child: who waits, waits in the parent, and so with a frame that is half there. */
  forget(): void {
    for (const { pending } of this.#receivers.splice(0)) pending.forget();
    for (const pending of this.#polls.splice(0)) pending.forget();
    this.#reader.close();
  }

  // Whoever waits already is first.
  #mayReadAtOnce(): boolean {
    return this.#receivers.length === 0 && this.#budget-- > 0;
  }

  // Others that wait in this thread are not held up.
  #spinFor(wait: Wait): number {
    return wait.tryOnce || somebodyWaits() ? 0 : this.#spin.next();
  }

  #tryRead(request: FrameRequest, spinUs: number, expectsAnswer = false): Uint8Array | undefined {
    try {
      const body = this.#reader.read(request, spinUs, expectsAnswer);
      const { spunUs } = this.#reader;
      if (spunUs > 0) this.#spin.report(body !== undefined, spunUs);
      return body;
    } catch (error) {
      if (error instanceof BadLengthError) this.#end.stopReading();
      throw error;
    }
  }

  #wait<T>(request: ReceiveRequest<T>, wait: Wait): Promise<T> {
    const pending = new Pending<T>();
    const receiver = { request, pending } as unknown as Receiver;
    if (wait !== FOR_EVER) this.#limit(receiver, wait);
    this.#receivers.push(receiver);
    this.#watchFor(pending, () => remove(this.#receivers, receiver));
    return pending.promise;
  }

  /** Where nothing can be watched, since there are no descriptors left, nobody waits. */
  #watchFor(pending: { reject(reason: unknown): void }, leave: () => void): void {
    try {
      this.#end.waitsChanged();
    } catch (error) {
      leave();
      pending.reject(error);
    }
  }

  #limit(receiver: Receiver, wait: Wait): void {
    const giveUp = (error: unknown) => {
      remove(this.#receivers, receiver);
      this.#reader.giveBack();
      this.#end.waitsChanged();
      receiver.pending.reject(error);
    };
    receiver.pending
      .expireAt(wait.deadline, () => giveUp(new TimeoutError('No message came in time')))
      .abortOn(wait.signal, giveUp);
  }
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
