/** What a child that shares no memory with its parent is told by it. */
import { EOFError, InterruptedError } from '../errors.js';
import type { Connection } from '../transport/connection.js';
import { CutOffError } from '../transport/frame.js';
import {
  type Assignment,
  decodeAssignment,
  decodeIntroduction,
  type Introduction,
} from './child-messages.js';
import { adoptArena } from './spawn-protocol.js';

interface Frame {
  readonly body: Buffer;
  readonly handles: number[];
}

/** With the descriptors that belong to it. */
export interface ReceivedAssignment extends Assignment {
  readonly handles: number[];
}

/**
 * Each is waited for in turn: blocking where nothing comes in between, since the process has nothing else to do
 * until it knows, and the event loop would only take time.
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
  async introduction(): Promise<Introduction> {
    const { body, handles } = await this.#next();
    for (const arena of handles) adoptArena(arena);
    return decodeIntroduction(body);
  }

  /** What it is to do. */
  async assignment(): Promise<ReceivedAssignment> {
    const { body, handles } = await this.#next();
    return { ...decodeAssignment(body), handles };
  }

  /** Resolves when it may begin. */
  async permission(): Promise<void> {
    await this.#next();
  }

  async #next(): Promise<Frame> {
    try {
      return this.#nextAtOnce() ?? (await this.#channel.recvFrame());
    } catch (error) {
      if (error instanceof EOFError || error instanceof CutOffError) this.#leave();
      throw error;
    }
  }

  /** Undefined when a signal has come for which a module that was preloaded has a listener: that is to run. */
  #nextAtOnce(): Frame | undefined {
    try {
      return this.#channel.recvFrameSync();
    } catch (error) {
      if (error instanceof InterruptedError) return undefined;
      throw error;
    }
  }
}
