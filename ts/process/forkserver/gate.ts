/** Where clients come in that the server was not started by: other processes, and threads, of the tree. */
import { setTimeout } from 'node:timers';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native, type PollWatcher, READABLE } from '../../native/binding.js';
import { EAGAIN } from '../../native/system-error.js';
import { Connection } from '../../transport/connection.js';
import { authenticateClient } from './authentication.js';

/** Of those that connect and do not prove who they are, the oldest have to go. */
const MAX_STRANGERS = 64;
/** In one turn of the event loop: clients that are in already have their turn, however many come. */
const MAX_PER_TURN = 64;
/** How long to wait when there are no descriptors left for another connection. */
const PAUSE_MS = 50;

/** Owns the listening socket. Lets in who is of the same user and holds the key. */
export class Gate {
  readonly address: string;
  readonly #key: Uint8Array;
  readonly #admit: (connection: Connection) => void;
  #fd: number;
  readonly #watcher: PollWatcher;
  readonly #strangers = new Set<Connection>();

  constructor(key: Uint8Array, admit: (connection: Connection) => void) {
    this.#key = key;
    this.#admit = admit;
    const { fd, address } = native.listen();
    this.#fd = fd;
    this.address = address;
    this.#watcher = new native.PollWatcher(fd, () => this.#acceptSome());
    this.#watch();
    registerAfterFork(this, (gate) => gate.#forget());
  }

  #watch(): void {
    this.#watcher.start(READABLE, false);
  }

  #acceptSome(): void {
    for (let count = 0; count < MAX_PER_TURN; count++) {
      const fd = native.accept(this.#fd);
      if (fd < 0) {
        if (fd !== EAGAIN) this.#pause();
        return;
      }
      this.#receive(fd);
    }
  }

  #pause(): void {
    this.#watcher.stop();
    this.#dropOldest();
    setTimeout(() => this.#watch(), PAUSE_MS).unref();
  }

  #receive(fd: number): void {
    if (native.peerCredentials(fd).uid !== native.userId()) {
      native.closeFd(fd);
      return;
    }
    if (this.#strangers.size >= MAX_STRANGERS) this.#dropOldest();
    void this.#examine(Connection.fromFd(fd));
  }

  async #examine(stranger: Connection): Promise<void> {
    this.#strangers.add(stranger);
    try {
      await authenticateClient(stranger, this.#key);
      this.#admit(stranger);
    } catch {
      stranger.close();
    } finally {
      this.#strangers.delete(stranger);
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#strangers;
    if (oldest === undefined) return;
    // At once: what waits on it learns later, and there may be more to drop until then.
    this.#strangers.delete(oldest);
    oldest.close();
  }

  #forget(): void {
    native.closeFd(this.#fd);
    this.#fd = -1;
  }
}
