import type { Connection } from '../../transport/connection.js';
import { privatePipe } from '../private-pipe.js';
import { detachment, letBegin, type PickledProcess, sendEnvelope } from '../spawn-protocol.js';
import { describeSurroundings } from '../surroundings.js';
import type { ChildConfig } from '../this-process.js';

/**
 * Client side: work on its way to a child that may come to be. The child reads it as soon as there is
 * one, but begins only when told: what cannot be joined must not have begun.
 */
export class Offer {
  readonly #reader: Connection;
  readonly #writer: Connection;
  /** Resolves to what has gone wrong, if anything has. */
  #sent: Promise<unknown> | undefined;

  /** @throws A system error when there can be no more descriptors. */
  constructor() {
    [this.#reader, this.#writer] = privatePipe();
  }

  /** The child's end. */
  get descriptor(): number {
    return this.#reader.fileno();
  }

  /** What goes wrong, `begin` tells. */
  send(work: PickledProcess): void {
    this.#sent = this.#sendAll(work).catch((error) => error);
  }

  async #sendAll(work: PickledProcess): Promise<void> {
    const surroundings = describeSurroundings();
    await sendEnvelope(this.#writer, work, { surroundings, forkserver: null });
  }

  /** The child's end is on its way: kept here, it would hide the child's death. */
  handedOver(): void {
    this.#reader.close();
  }

  /** Has the child begin. Resolves when it has all that it needs of this process. */
  async begin(config: ChildConfig): Promise<void> {
    const failure = await this.#sent;
    if (failure !== undefined) throw failure;
    await letBegin(this.#writer);
    await detachment(this.#writer, config);
  }

  /** A child that was not told to begin ends. */
  close(): void {
    this.#reader.close();
    this.#writer.close();
  }
}
