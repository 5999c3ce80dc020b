import type { Connection } from '../../transport/connection.js';
import { privatePipe } from '../private-pipe.js';
import {
  detachment,
  letBegin,
  makeIntroduction,
  type PickledProcess,
  sendAssignment,
  sendIntroduction,
  wakeChild,
} from '../spawn-protocol.js';
import { describeSurroundings } from '../surroundings.js';
import type { ChildConfig } from '../this-process.js';

/** What children of this process, as it is now, are told. */
export function introductionFor(config: ChildConfig): string {
  return makeIntroduction(config, { surroundings: describeSurroundings(), forkserver: null });
}

/**
 * Client side: work on its way to a child that may come to be. The child reads it as soon as there is
 * one, but begins only when told: what cannot be joined must not have begun.
 */
export class Offer {
  readonly #reader: Connection;
  readonly #writer: Connection;
  #isClosed = false;
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

  /** Whether it was closed by its owner. */
  get closed(): boolean {
    return this.#isClosed;
  }

  /** Tells the child where it finds itself. What goes wrong, `begin` tells. */
  introduce(introduction: string): void {
    this.#keep(sendIntroduction(this.#writer, introduction));
  }

  /** Tells it that its work comes in a moment. */
  wake(): void {
    this.#keep(wakeChild(this.#writer));
  }

  /** Tells it who it is, and what to do. */
  assign(work: PickledProcess): void {
    this.#keep(sendAssignment(this.#writer, work));
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
    this.#isClosed = true;
    this.#reader.close();
    this.#writer.close();
  }
}
