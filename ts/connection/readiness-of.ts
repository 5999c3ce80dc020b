/** How to learn of anything that `wait` takes whether it is ready. */
import type { Readable } from 'node:stream';
import { native, READABLE } from '../native/binding.js';
import { isReady } from '../native/wait-sync.js';
import { Descriptor, type Waiter } from '../transport/descriptor.js';
import { Pending } from '../transport/pending.js';
import { readiness, type Waitable } from '../transport/readiness.js';
import type { Wait } from '../transport/wait-options.js';
import { invalidType } from '../validate.js';

/** Anything with a descriptor that becomes readable. */
export interface HasDescriptor {
  fileno(): number;
}

/**
 * What `wait` takes: a Connection, a Listener, a queue; a stream to read from, such as a `net.Socket`; a
 * descriptor, such as the `sentinel` of a Process; or an object with a method `fileno`.
 */
export type WaitObject = Waitable | Readable | HasDescriptor | number;

/** @throws TypeError for what is none. */
export function readinessOf(object: unknown, name: string): Waitable {
  if (typeof object === 'number' && Number.isInteger(object) && object >= 0)
    return new WatchedDescriptor(() => object);
  if (typeof object === 'object' && object !== null) {
    if (readiness in object) return object as Waitable;
    if ('readableLength' in object && 'on' in object) return new WatchedStream(object as Readable);
    if ('fileno' in object && typeof object.fileno === 'function')
      return new WatchedDescriptor(() => (object as HasDescriptor).fileno());
  }
  const expected = 'a connection, listener, queue, readable stream or descriptor';
  throw invalidType(name, expected, object);
}

class WatchedDescriptor implements Waitable {
  readonly #fileno: () => number;

  constructor(fileno: () => number) {
    this.#fileno = fileno;
  }

  [readiness](wait: Wait): boolean | Promise<boolean> {
    const fd = this.#fileno();
    const isThere = isReady(fd, READABLE);
    return isThere || wait.tryOnce ? isThere : new DescriptorWait(fd).untilReadable(wait);
  }
}

/** A wait for a descriptor that is somebody else's: for a copy of it, as that one may watch it, too. */
class DescriptorWait implements Waiter {
  readonly #copy: Descriptor;
  readonly #pending = new Pending<boolean>();

  constructor(fd: number) {
    this.#copy = new Descriptor(native.duplicateFd(fd), this);
  }

  get wanted(): number {
    return this.#pending.isSettled ? 0 : READABLE;
  }

  onReady(): void {
    this.#end(() => this.#pending.resolve(true));
  }

  untilReadable(wait: Wait): Promise<boolean> {
    this.#pending
      .expireAt(wait.deadline, () => this.#end(() => this.#pending.resolve(false)))
      .abortOn(wait.signal, (reason) => this.#end(() => this.#pending.reject(reason)));
    try {
      this.#copy.watch(this);
    } catch (error) {
      this.#end(() => this.#pending.reject(error));
    }
    return this.#pending.promise;
  }

  #end(settle: () => void): void {
    this.#copy.close(this);
    settle();
  }
}

/** Not `error`: whoever listens to that takes it upon himself. `close` follows it. */
const events = ['readable', 'end', 'close'] as const;

class WatchedStream implements Waitable {
  readonly #stream: Readable;

  constructor(stream: Readable) {
    this.#stream = stream;
  }

  [readiness](wait: Wait): boolean | Promise<boolean> {
    const { readableLength, readableEnded, closed, destroyed } = this.#stream;
    const isThere = readableLength > 0 || readableEnded || closed || destroyed;
    return isThere || wait.tryOnce ? isThere : this.#untilEvent(wait);
  }

  #untilEvent(wait: Wait): Promise<boolean> {
    const pending = new Pending<boolean>();
    const end = (settle: () => void) => {
      for (const event of events) this.#stream.off(event, onEvent);
      settle();
    };
    const onEvent = () => end(() => pending.resolve(true));
    for (const event of events) this.#stream.on(event, onEvent);
    pending
      .expireAt(wait.deadline, () => end(() => pending.resolve(false)))
      .abortOn(wait.signal, (reason) => end(() => pending.reject(reason)));
    return pending.promise;
  }
}
