import { native } from '../../native/binding.js';
import { decode } from '../../serialization/pickle.js';
import type { Connection } from '../../transport/connection.js';
import type { Launched } from '../launcher.js';
import { privatePipe } from '../private-pipe.js';
import { EMPTY } from '../spawn-protocol.js';
import { Offer } from './offer.js';
import { isPeerGone } from './peer-gone.js';
import type { Reply } from './protocol.js';

/** A child, and the channel to it. The caller's to begin, or to let go. */
export interface TakenOffer {
  readonly child: Launched;
  readonly offer: Offer;
}

/** Client side: a child that a server was asked for. */
export class ChildRequest {
  readonly server: Connection;
  /** The other end of the channel, for what the child may read as soon as there is one. */
  readonly offer: Offer;
  readonly #status: Connection;
  readonly #sent: Promise<boolean>;

  /**
   * Asks; when this returns the server has been told.
   * @throws A system error when there can be no more descriptors.
   */
  constructor(server: Connection) {
    this.server = server;
    this.offer = new Offer();
    try {
      const [status, its] = privatePipe();
      this.#status = status;
      this.#sent = this.#send(its);
      // Told by `answer`, which may be long in coming.
      this.#sent.catch(() => {});
    } catch (error) {
      this.offer.close();
      throw error;
    }
  }

  /**
   * Once. From then on nothing of the request is left but what it resolves to.
   * @returns Undefined when the server ended before it had taken the request on, so nothing runs.
   * @throws What the server could not do.
   */
  async answer(): Promise<TakenOffer | undefined> {
    let child: Launched | undefined;
    try {
      child = await this.#receive();
    } finally {
      this.#status.close();
      if (child === undefined) this.offer.close();
    }
    return child && { child, offer: this.offer };
  }

  /** Whether waiting for the answer keeps this process running. */
  keepAlive(keep: boolean): void {
    if (!this.#status.closed) this.#status.keepAlive(keep);
  }

  /** Before there is an answer: nobody wants the child any more. */
  close(): void {
    this.#status.close();
    this.offer.close();
  }

  async #send(its: Connection): Promise<boolean> {
    try {
      await this.server.sendFrame(EMPTY, [its.fileno(), this.offer.descriptor]);
      return true;
    } catch (error) {
      if (!isPeerGone(error)) throw error;
      return false;
    } finally {
      // Else the end of the server would not be seen here.
      its.close();
      this.offer.handedOver();
    }
  }

  async #receive(): Promise<Launched | undefined> {
    try {
      if (!(await this.#sent)) return this.#serverIsGone();
      const { body, handles } = await this.#status.recvFrame();
      const reply = decode(body) as Reply;
      if ('error' in reply) throw fromServer(reply.error);
      const status = this.#status.detach();
      // As the pidfd is: it is this thread's, and ends with it.
      native.adoptFd(status);
      return { pid: reply.pid, handle: handles[0]!, status };
    } catch (error) {
      if (!isPeerGone(error)) throw error;
      return this.#serverIsGone();
    }
  }

  #serverIsGone(): undefined {
    this.server.close();
    return undefined;
  }
}

/** Once it was begun, or let go of, this does nothing. */
export function letGo({ child, offer }: TakenOffer): void {
  if (offer.closed) return;
  for (const fd of [child.handle, child.status!]) native.closeFd(fd);
  offer.close();
}

/** What failed there has limits of its own, such as that on open files. */
function fromServer(error: unknown): unknown {
  if (error instanceof Error) error.message += ' (in the forkserver)';
  return error;
}
