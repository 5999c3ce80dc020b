import type { Connection } from '../../transport/connection.js';
import { privatePipe } from '../private-pipe.js';
import {
  detachment,
  letBegin,
  type PickledProcess,
  sendAssignment,
  sendIntroduction,
} from '../spawn-protocol.js';
import { describeSurroundings } from '../surroundings.js';
import type { ChildConfig } from '../this-process.js';

/**
 * Client side: work on its way to a child that may come to be. The child reads it as soon as there is
 * one, but begins only when told: what cannot be joined must not have begun.
 */
export class Offer {
  readonly #reader: Connection;
  readonly #writer: Connection;
  /** Each resolves to what has gone wrong, if anything has. */
  readonly #sent: Promise<unknown>[] = [];

  /** @throws A system error when there can be no more descriptors. */
  constructor() {
    [this.#reader, this.#writer] = privatePipe();
  }

  /** The child's end. */
  get descriptor(): number {
    return this.#reader.fileno();
  }

  /** Tells the child who it is. What goes wrong, `begin` tells. */
  introduce(config: ChildConfig): void {
    this.#keep(this.#introduce(config));
  }

  /** Tells it what to do. */
  assign(work: PickledProcess): void {
    this.#keep(sendAssignment(this.#writer, work));
  }

  async #introduce(config: ChildConfig): Promise<void> {
    const introduction = { config, surroundings: describeSurroundings(), forkserver: null };
    await sendIntroduction(this.#writer, introduction);
  }

  #keep(sending: Promise<void>): void {
    this.#sent.push(sending.catch((error) => error));
  }

  /** The child's end is on its way: kept here, it would hide the child's death. */
  handedOver(): void {
    this.#reader.close();
  }

  /** Has the child begin. Resolves when it has all that it needs of this process. */
  async begin(config: ChildConfig): Promise<void> {
    for (const sending of this.#sent) {
      const failure = await sending;
      if (failure !== undefined) throw failure;
    }
    await letBegin(this.#writer);
    await detachment(this.#writer, config);
  }

  /** A child that was not told to begin ends. */
  close(): void {
    this.#reader.close();
    this.#writer.close();
  }
}
