/** Server side: a child that was forked ahead of its work, and waits for it. */
import os from 'node:os';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native, WRITABLE } from '../../native/binding.js';
import { isReady } from '../../native/wait-sync.js';
import type { Connection } from '../../transport/connection.js';
import { Pipe } from '../../transport/pipe.js';
import { ChildHandle } from '../child-handle.js';
import { STATUS_BYTES } from '../exit-source.js';
import { forkSelf } from '../forked/fork-self.js';
import type { Launched } from '../launcher.js';
import { EMPTY } from '../spawn-protocol.js';
import { enterServedChild } from './served-child.js';

/** The owner of the child, of the channel to it, and of the socket that tells its exit code. */
export class PreparedChild {
  readonly #handle: ChildHandle;
  readonly #channel: Connection;
  readonly #signals: number;
  #status = -1;
  /** Called once, when the child has ended, with or without work. */
  onEnd: () => void = () => {};

  /**
   * @param isSpare - Nobody waits for it yet.
   * @throws A system error when there can be no more processes, or descriptors.
   */
  static async fork(isSpare: boolean): Promise<PreparedChild> {
    const [channel, its] = Pipe();
    const signals = native.ignoredSignals();
    try {
      const launched = await forkSelf({
        name: 'forkserver',
        diesWithParent: true,
        begin: () => void enterServedChild(its, isSpare),
      });
      return new PreparedChild(launched, channel, signals);
    } catch (error) {
      channel.close();
      throw error;
    } finally {
      its.close();
    }
  }

  private constructor(launched: Launched, channel: Connection, signals: number) {
    this.#channel = channel;
    this.#signals = signals;
    this.#handle = new ChildHandle(launched, (exitCode) => this.#ended(exitCode));
    registerAfterFork(this, (sibling) => sibling.#closeStatus());
  }

  get pid(): number {
    return this.#handle.pid;
  }

  /** Its pidfd. */
  get descriptor(): number {
    return this.#handle.descriptor;
  }

  get isAlive(): boolean {
    return this.#handle.poll() === null;
  }

  /** Whether it waits for work, and is not about to end. */
  get isUndisturbed(): boolean {
    return native.isUndisturbed(this.pid, this.descriptor);
  }

  /**
   * Whether it is about to end of a Ctrl-C or the like, which has come to this process as well: not what
   * somebody who asks for a child afterwards should get.
   */
  get isDoomed(): boolean {
    return this.#signals !== native.ignoredSignals();
  }

  /** Gives the child to a client. Takes `status` over, and closes it when the child has ended; the others stay the caller's. */
  begin(status: number, descriptors: readonly number[]): void {
    this.#status = status;
    // The server lives for as long as somebody waits for this exit code.
    this.#handle.keepAlive();
    // The child waits for just this, so there is room. If it was killed, its exit code tells.
    this.#channel.sendFrame(EMPTY, descriptors).catch(() => {});
    this.#channel.close();
  }

  /** It was given to nobody. */
  kill(): void {
    this.#handle.kill('SIGKILL');
  }

  /** Lets go of a child that was given no work: it ends. */
  release(): void {
    this.#channel.close();
  }

  #ended(exitCode: number): void {
    this.#channel.close();
    if (this.#status >= 0) tell(this.#status, exitCode);
    this.#closeStatus();
    // Not from within the handle's own doings.
    queueMicrotask(() => this.#handle.close());
    this.onEnd();
  }

  #closeStatus(): void {
    if (this.#status >= 0) native.closeFd(this.#status);
    this.#status = -1;
  }
}

function tell(status: number, exitCode: number): void {
  const bytes = Buffer.alloc(STATUS_BYTES);
  bytes.writeInt32LE(exitCode);
  // There is room for it, unless somebody else has written there.
  if (!isReady(status, WRITABLE)) return;
  try {
    native.writeAll(status, bytes);
  } catch (error) {
    // Nobody waits for it.
    if (-(error as NodeJS.ErrnoException).errno! !== os.constants.errno.EPIPE) throw error;
  }
}
