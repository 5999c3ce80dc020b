import { InvalidStateError } from '../../errors.js';
import type { AcquireOptions } from '../../synchronize/acquire-options.js';
import { toWait, type WaitOptions } from '../../transport/wait-options.js';
import { invalidType, validateInteger } from '../../validate.js';
import { BaseProxy, referenceOf } from '../base-proxy.js';
import { currentCaller } from '../server/caller.js';
import { LocalReference } from '../server/local-reference.js';
import { ManagedLock, ManagedRLock } from './lock.js';
import { WaitLine } from './wait-line.js';

/** A condition in the server, with a lock there. */
export class ManagedCondition {
  readonly #lock: ManagedLock;
  readonly #line = new WaitLine<boolean>();
  // Keeps the lock, when that is an object of its own.
  readonly #proxy: BaseProxy | undefined;

  /** @param proxy - Of a Lock or RLock of this server. Default: an RLock of its own. */
  constructor(proxy?: BaseProxy) {
    this.#proxy = proxy;
    this.#lock = proxy === undefined ? new ManagedRLock() : lockOf(proxy);
  }

  /** The object that is the lock, unless it is a part of this one; and whether its holder may acquire it again. */
  lockInfo(): { object: number | undefined; isRecursive: boolean } {
    const object = this.#proxy && referenceOf(this.#proxy).object;
    return { object, isRecursive: this.#lock instanceof ManagedRLock };
  }

  acquire(options?: AcquireOptions): boolean | Promise<boolean> {
    return this.#lock.acquire(options);
  }

  release(): void {
    this.#lock.release();
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  ownerDied(): boolean {
    return this.#lock.ownerDied();
  }

  async wait(options?: WaitOptions): Promise<boolean> {
    const { holder } = currentCaller();
    this.#requireMine();
    const waiting = this.#line.wait(toWait(options), false);
    this.#lock.release();
    try {
      return await waiting;
    } finally {
      await this.#lock.takeBack(holder);
    }
  }

  notify(count = 1): void {
    validateInteger('count', count, { min: 1 });
    this.#requireMine();
    for (let left = count; left > 0 && this.#line.serve(true) !== undefined; left--);
  }

  notifyAll(): void {
    this.#requireMine();
    this.#line.serveAll(true);
  }

  #requireMine(): void {
    if (!this.#lock.isMine()) {
      throw new InvalidStateError('The lock of the Condition has to be acquired first');
    }
  }
}

function lockOf(proxy: unknown): ManagedLock {
  const reference = proxy instanceof BaseProxy ? referenceOf(proxy) : undefined;
  const lock = reference instanceof LocalReference ? reference.entry.object : undefined;
  if (lock instanceof ManagedLock) return lock;
  throw invalidType('lock', 'a proxy of a Lock or RLock of the same manager', proxy);
}
