/** Server side: a child that was forked ahead of its work, and waits for it. */
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { type ExitReporter, native } from '../../native/binding.js';
import type { Connection } from '../../transport/connection.js';
import { Pipe } from '../../transport/pipe.js';
import { ChildHandle } from '../child-handle.js';
import { forkSelf } from '../forked/fork-self.js';
import type { Launched } from '../launcher.js';
import { EMPTY } from '../spawn-protocol.js';
import { enterServedChild } from './served-child.js';

/** The owner of the child, of the channel to it, and of the socket that tells its exit code. */
export class PreparedChild {
  readonly #handle: ChildHandle;
  readonly #channel: Connection;
  readonly #signals: number;
  readonly #reporter: ExitReporter;
  readonly #unregister: () => void;
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
    this.#reporter = new native.ExitReporter(launched.handle);
    this.#handle = new ChildHandle(launched, () => this.#ended(), this.#reporter);
    this.#unregister = registerAfterFork(this, PreparedChild.#leave);
  }

  // In a forked child.
  static #leave(sibling: PreparedChild): void {
    sibling.#closeStatus();
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

  /** Gives the child to a client. Takes `status` over, and closes it when the child has ended; others stay the caller's. */
  begin(status: number, descriptors: readonly number[]): void {
    this.#status = status;
    this.#reporter.reportTo(status);
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

  #ended(): void {
    this.#unregister();
    this.#channel.close();
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
