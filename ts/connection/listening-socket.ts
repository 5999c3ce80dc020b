import { subDebug } from '../logging/emit.js';
import { native, READABLE } from '../native/binding.js';
import type { SystemError } from '../native/system-error.js';
import { Descriptor, type Waiter } from '../transport/descriptor.js';
import { type Address, type Family, showAddress, toNative } from './address.js';
import { addressError } from './address-error.js';
import { createPrivatePath, removeDirectoryOf, SocketFile } from './socket-file.js';

export interface ListeningSocketOptions {
  /** Undefined: a new one. */
  readonly address: Address | undefined;
  readonly family: Family;
  readonly backlog: number;
}

/** A socket that others connect to, its file, and its place in the event loop. */
export class ListeningSocket implements Waiter {
  /** Where it is: with the port that the system has chosen. */
  readonly address: Address;
  readonly #descriptor: Descriptor;
  readonly #file: SocketFile | undefined;
  readonly #onConnection: () => void;
  #isAwaited = false;

  /** @param onConnection - Called for as long as connections wait to be accepted, between `start` and `stop`. */
  constructor(options: ListeningSocketOptions, onConnection: () => void) {
    const { family } = options;
    const address = options.address ?? newAddress(family);
    const isNew = options.address === undefined;
    const fd = listen(address, options, isNew);
    this.#descriptor = new Descriptor(fd, this);
    this.#onConnection = onConnection;
    try {
      this.address = native.addressOf(fd, false) ?? address;
      if (typeof address === 'string' && !address.startsWith('\0'))
        this.#file = new SocketFile(address, { hasDirectory: isNew });
    } catch (error) {
      this.#descriptor.close(this);
      throw error;
    }
    subDebug('listener created with address=%s', showAddress(this.address));
  }

  get isClosed(): boolean {
    return this.#descriptor.isClosed;
  }

  get fd(): number {
    return this.#descriptor.fd;
  }

  get wanted(): number {
    return this.#isAwaited ? READABLE : 0;
  }

  onReady(): void {
    this.#onConnection();
  }

  /** From now on it keeps the process running. */
  start(): void {
    this.#setAwaited(true);
  }

  stop(): void {
    this.#setAwaited(false);
  }

  /** The next connection, or a negative errno: see `native.accept`. */
  accept(): number {
    return native.accept(this.#descriptor.fd);
  }

  /** Nobody can connect any more; who waits to be accepted is refused. */
  close(): void {
    subDebug('closing listener with address=%s', showAddress(this.address));
    this.#descriptor.close(this);
    this.#file?.remove();
  }

  /** In a forked child, which may accept connections, too. */
  afterFork(): void {
    this.#isAwaited = false;
    this.#descriptor.forget(this);
  }

  #setAwaited(isAwaited: boolean): void {
    if (this.#isAwaited === isAwaited || this.isClosed) return;
    this.#isAwaited = isAwaited;
    try {
      this.#descriptor.watch(this);
    } catch (error) {
      this.#isAwaited = false;
      throw error;
    }
  }
}

function newAddress(family: Family): Address {
  if (family === 'AF_UNIX') return createPrivatePath();
  return { host: family === 'AF_INET6' ? '::1' : '127.0.0.1', port: 0 };
}

function listen(
  address: Address,
  { family, backlog }: ListeningSocketOptions,
  isNew: boolean,
): number {
  const { version, host, port } = toNative(address, family);
  try {
    return native.listenAt(version, host, port, backlog);
  } catch (error) {
    if (isNew && typeof address === 'string') removeDirectoryOf(address);
    const { errno, syscall } = error as SystemError;
    throw addressError(errno, syscall, address);
  }
}
