/** What a child that shares no memory with its parent is told by it. */
import { EOFError } from '../errors.js';
import type { Connection } from '../transport/connection.js';
import { CutOffError } from '../transport/frame.js';
import {
  type Assignment,
  decodeAssignment,
  decodeIntroduction,
  type Introduction,
} from './child-messages.js';
import { adoptArena } from './spawn-protocol.js';

/** With the descriptors that belong to it. */
export interface ReceivedAssignment extends Assignment {
  readonly handles: number[];
}

/**
 * Each is waited for in turn: blocking, since the process has nothing else to do until it knows, and the event
 * loop would only take time.
 */
export class Instructions {
  readonly #channel: Connection;
  readonly #leave: () => never;

  /** `leave` is called when the parent ended, or gave the child up, before it had told all. */
  constructor(channel: Connection, leave: () => never) {
    this.#channel = channel;
    this.#leave = leave;
  }

  /** Who this process is. */
  introduction(): Introduction {
    const { body, handles } = this.#next();
    for (const arena of handles) adoptArena(arena);
    return decodeIntroduction(body);
  }

  /** What it is to do. */
  assignment(): ReceivedAssignment {
    const { body, handles } = this.#next();
    return { ...decodeAssignment(body), handles };
  }

  /** Returns when it may begin. */
  permission(): void {
    this.#next();
  }

  #next(): { body: Buffer; handles: number[] } {
    try {
      return this.#channel.recvFrameSync();
    } catch (error) {
      if (error instanceof EOFError || error instanceof CutOffError) this.#leave();
      throw error;
    }
  }
}
