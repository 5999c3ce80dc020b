import { setTimeout } from 'node:timers/promises';
import { TimeoutError } from '../errors.js';
import { native, WRITABLE } from '../native/binding.js';
import { EAGAIN } from '../native/system-error.js';
import { timeLeft } from '../time.js';
import { Descriptor, type Waiter } from '../transport/descriptor.js';
import { Pending } from '../transport/pending.js';
import type { Wait } from '../transport/wait-options.js';
import { type NativeAddress, showAddress } from './address.js';
import { addressError } from './address-error.js';

// How long to wait for a listener with too many that wait to be accepted: there is no event for it.
const FIRST_DELAY_MS = 1;
const LAST_DELAY_MS = 50;

/**
 * A socket that is connected.
 * @throws TimeoutError, the signal's reason, a system error
 */
export async function connect(address: NativeAddress, wait: Wait): Promise<number> {
  const fd = await startConnecting(address, wait);
  // Over AF_UNIX it is connected at once.
  if (address.version === 0) return finish(fd, address);
  await new ConnectingSocket(fd).connected(address, wait);
  return finish(fd, address);
}

async function startConnecting(
  { version, host, port }: NativeAddress,
  wait: Wait,
): Promise<number> {
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LAST_DELAY_MS)) {
    const fd = native.startConnecting(version, host, port);
    if (fd >= 0) return fd;
    if (fd !== EAGAIN) throw addressError(fd, 'connect', named({ version, host, port }));
    if (wait.tryOnce || timeLeft(wait.deadline) === 0) throw lateError({ version, host, port });
    await setTimeout(Math.min(delay, timeLeft(wait.deadline)), undefined, {
      signal: wait.signal,
    }).catch(() => wait.signal?.throwIfAborted());
  }
}

function finish(fd: number, address: NativeAddress): number {
  const status = native.finishConnecting(fd);
  if (status === 0) return fd;
  native.closeFd(fd);
  throw addressError(status, 'connect', named(address));
}

/** A socket whose connection is being made. */
class ConnectingSocket implements Waiter {
  readonly #descriptor: Descriptor;
  readonly #pending = new Pending<void>();

  constructor(fd: number) {
    this.#descriptor = new Descriptor(fd, this);
  }

  get wanted(): number {
    return this.#pending.isSettled ? 0 : WRITABLE;
  }

  onReady(): void {
    this.#descriptor.close(this, { keepOpen: true });
    this.#pending.resolve();
  }

  /** Resolves when it is, or has failed; the descriptor is the caller's then. */
  connected(address: NativeAddress, wait: Wait): Promise<void> {
    const giveUp = (error: unknown) => {
      this.#descriptor.close(this);
      this.#pending.reject(error);
    };
    this.#pending
      .expireAt(wait.deadline, () => giveUp(lateError(address)))
      .abortOn(wait.signal, giveUp);
    try {
      this.#descriptor.watch(this);
    } catch (error) {
      giveUp(error);
    }
    return this.#pending.promise;
  }
}

function lateError(address: NativeAddress): Error {
  return new TimeoutError(`No connection to ${showAddress(named(address))} was made in time`);
}

function named({ version, host, port }: NativeAddress) {
  return version === 0 ? host : { host, port };
}
