import { native, type PollWatcher, READABLE, WRITABLE } from '../native/binding.js';

/** Who waits on a descriptor. */
export interface Waiter {
  /** Those of READABLE and WRITABLE that somebody waits for now. */
  readonly wanted: number;
  /** Called for as long as one of the wanted holds, or the descriptor has an error. */
  onReady(events: number): void;
}

// What waits is alive, also when nobody else refers to it.
const waiting = new Set<Waiter>();

/** Whether anybody waits on any descriptor of this thread. */
export function somebodyWaits(): boolean {
  return waiting.size > 0;
}

/**
 * A socket and its place in the event loop. It stays registered there between two waits, with its
 * hold on the loop released: a program that receives one message after the other costs no system
 * call per wait. It is taken out when it fires and nobody waits.
 */
export class Descriptor {
  /** The number; `-1` once closed. */
  fd: number;
  /** Other processes may write to this end of the connection. */
  shared = false;
  #watcher: PollWatcher | undefined;
  #armed = 0;
  #keepsAlive = false;
  // What the GC of the waiter has to close; it does not refer to the waiter.
  readonly #resource: Resource;

  constructor(fd: number, waiter: Waiter) {
    this.fd = fd;
    this.#resource = { fd, watcher: undefined };
    collected.register(waiter, this.#resource, this);
  }

  get isClosed(): boolean {
    return this.fd < 0;
  }

  /**
   * Has `waiter.onReady` called for the events wanted now. Called whenever these change.
   * @throws A system error, such as EMFILE, when more are wanted than before.
   */
  watch(waiter: Waiter, keepAlive = true): void {
    const wanted = waiter.wanted;
    if ((wanted & ~this.#armed) !== 0) {
      const armed = this.#armed | wanted;
      this.#watcher ??= this.#createWatcher(waiter);
      this.#watcher.start(armed, keepAlive);
      this.#armed = armed;
      this.#keepsAlive = keepAlive;
    }
    if (wanted === 0) waiting.delete(waiter);
    else waiting.add(waiter);
    const hold = keepAlive && wanted !== 0;
    if (hold === this.#keepsAlive) return;
    this.#keepsAlive = hold;
    this.#watcher?.setKeepAlive(hold);
  }

  /** Closes the descriptor, or only lets go of it. Idempotent. */
  close(waiter: Waiter, { keepOpen = false } = {}): void {
    if (this.isClosed) return;
    this.forget(waiter);
    if (keepOpen) native.disownFd(this.fd);
    else native.closeFd(this.fd);
    this.fd = -1;
  }

  /** Takes it out of the event loop, and out of the hands of the GC. */
  forget(waiter: Waiter): void {
    waiting.delete(waiter);
    collected.unregister(this);
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#resource.watcher = undefined;
    this.#armed = 0;
    this.#keepsAlive = false;
  }

  #createWatcher(waiter: Waiter): PollWatcher {
    // Weak: an idle connection may be collected while it is registered.
    const reference = new WeakRef(waiter);
    const watcher = new native.PollWatcher(this.fd, (status, events) => {
      const waiter = reference.deref();
      if (waiter === undefined) watcher.stop();
      else this.#fired(waiter, status, events);
    });
    this.#resource.watcher = watcher;
    return watcher;
  }

  #fired(waiter: Waiter, status: number, events: number): void {
    if (status < 0) {
      // libuv has stopped watching. Who waits finds the error when it tries again.
      this.#armed = 0;
      waiter.onReady(READABLE | WRITABLE);
      return;
    }
    const wanted = waiter.wanted;
    if ((events & ~wanted) !== 0) this.#rearm(wanted);
    if ((events & wanted) !== 0) waiter.onReady(events & wanted);
  }

  #rearm(wanted: number): void {
    this.#armed = wanted;
    if (wanted === 0) this.#watcher?.stop();
    else this.#watcher?.start(wanted, this.#keepsAlive);
  }
}

interface Resource {
  readonly fd: number;
  watcher: PollWatcher | undefined;
}

// Only in the process that created the object: a forked child forgets its inherited ones.
const collected = new FinalizationRegistry<Resource>(({ fd, watcher }) => {
  watcher?.close();
  native.closeFd(fd);
});
