/** Where clients come in that the server was not started by: other processes, and threads, of the tree. */
import { setTimeout } from 'node:timers';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native, type PollWatcher, READABLE } from '../../native/binding.js';
import { EAGAIN } from '../../native/system-error.js';
import { Connection } from '../../transport/connection.js';
import { authenticateClient } from './authentication.js';

/** Of those that connect and do not prove who they are, the oldest have to go. */
const MAX_STRANGERS = 64;
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
    this.#watcher = new native.PollWatcher(fd, () => this.#acceptAll());
    this.#watch();
    registerAfterFork(this, (gate) => gate.#forget());
  }

  #watch(): void {
    this.#watcher.start(READABLE, false);
  }

  #acceptAll(): void {
    let fd = native.accept(this.#fd);
    for (; fd >= 0; fd = native.accept(this.#fd)) this.#receive(fd);
    if (fd !== EAGAIN) this.#pause();
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
    oldest?.close();
  }

  #forget(): void {
    native.closeFd(this.#fd);
    this.#fd = -1;
  }
}
