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

/** For so long a child that was woken stays awake: a parent pickles what is not large in less. */
const AWAKE_US = 1000;

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

  /** Where this process finds itself. */
  async introduction(): Promise<Introduction> {
    const { body, handles } = await this.#next();
    for (const arena of handles) adoptArena(arena);
    return decodeIntroduction(body);
  }

  /** Who it is, and what it is to do. It may be woken before. */
  async assignment(): Promise<ReceivedAssignment> {
    let frame = await this.#next();
    if (frame.body.length === 0) frame = await this.#next(AWAKE_US);
    return { ...decodeAssignment(frame.body), handles: frame.handles };
  }

  /** Resolves when it may begin. */
  async permission(): Promise<void> {
    await this.#next();
  }

  async #next(spinUs?: number): Promise<Frame> {
    try {
      return this.#nextAtOnce(spinUs) ?? (await this.#channel.recvFrame());
    } catch (error) {
      if (error instanceof EOFError || error instanceof CutOffError) this.#leave();
      throw error;
    }
  }

  /** Undefined when a signal has come for which a module that was preloaded has a listener: that is to run. */
  #nextAtOnce(spinUs: number | undefined): Frame | undefined {
    try {
      return this.#channel.recvFrameSync({ spinUs });
    } catch (error) {
      if (error instanceof InterruptedError) return undefined;
      throw error;
    }
  }
}
