/** The forkserver itself: its clients, and the children it makes for them. */
import { ProcessError } from '../../errors.js';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';
import { encode } from '../../serialization/pickle.js';
import type { Connection } from '../../transport/connection.js';
import { EMPTY } from '../spawn-protocol.js';
import type { PreparedChild } from './prepared-child.js';
import type { Reply } from './protocol.js';
import { SpareChildren } from './spare-children.js';

/** Descriptors that came with a message, and are the server's alone. */
class Descriptors {
  #fds: readonly number[];

  constructor(fds: readonly number[]) {
    this.#fds = fds;
    registerAfterFork(this, (inherited) => inherited.close());
  }

  get all(): readonly number[] {
    return this.#fds;
  }

  /** From now on they are the caller's. */
  take(): readonly number[] {
    const fds = this.#fds;
    this.#fds = [];
    return fds;
  }

  close(): void {
    for (const fd of this.take()) native.closeFd(fd);
  }
}

export class Forkserver {
  readonly #clients = new Set<Connection>();
  readonly #children = new Set<PreparedChild>();
  readonly #spares: SpareChildren;
  readonly #onUnused: () => void;

  /** `onUnused` is called when the last client is gone, and no child of one is left. */
  constructor(spares: number, onUnused: () => void) {
    this.#spares = new SpareChildren(spares);
    this.#onUnused = onUnused;
  }

  /** Serves a client until it is gone. Owns the connection. */
  async serve(connection: Connection): Promise<void> {
    this.#clients.add(connection);
    try {
      const client = await receiveDescriptors(connection, 3);
      try {
        await this.#serveRequests(connection, client);
      } finally {
        client.close();
      }
    } catch {
      // An end of file is a client that has ended, anything else one that does not know how to ask.
      // Neither can be told anything.
    } finally {
      connection.close();
      this.#clients.delete(connection);
      this.#endIfUnused();
    }
  }

  async #serveRequests(connection: Connection, client: Descriptors): Promise<never> {
    for (;;) void this.#start(client, await receiveDescriptors(connection, 2));
  }

  async #start(client: Descriptors, request: Descriptors): Promise<void> {
    let child: PreparedChild;
    try {
      child = await this.#spares.take();
    } catch (error) {
      answer(request.all[0]!, { error }, []);
      request.close();
      return;
    }
    if (client.all.length === 0) {
      // It is gone meanwhile.
      this.#spares.putBack(child);
      request.close();
      return;
    }
    const [status, channel] = request.take() as [number, number];
    this.#children.add(child);
    child.onEnd = () => this.#childEnded(child);
    child.begin(status, [channel, ...client.all]);
    native.closeFd(channel);
    // After that, since the child has some work until its client, who gets this, lets it begin.
    if (!answer(status, { pid: child.pid }, [child.descriptor])) child.kill();
  }

  #childEnded(child: PreparedChild): void {
    this.#children.delete(child);
    this.#endIfUnused();
  }

  #endIfUnused(): void {
    if (this.#clients.size === 0 && this.#children.size === 0) this.#onUnused();
  }
}

async function receiveDescriptors(connection: Connection, count: number): Promise<Descriptors> {
  const { handles } = await connection.recvFrame({ maxLength: EMPTY.length });
  const descriptors = new Descriptors(handles);
  if (handles.length === count) return descriptors;
  descriptors.close();
  throw new ProcessError(`Expected ${count} descriptors, received ${handles.length}`);
}

/** Whether somebody is there to receive it. */
function answer(status: number, reply: Reply, handles: readonly number[]): boolean {
  return native.sendFrameWithFds(status, encode(reply), Int32Array.from(handles), false) > 0;
}
