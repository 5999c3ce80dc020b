import { inspect } from 'node:util';
import type { Ring } from '../rings/ring.js';
import { encode } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import { FOR_EVER } from '../transport/wait-options.js';
import { MaybeEncodingError } from './errors.js';
import { BY_SOCKET, FromWorker } from './frames.js';
import { pack } from './packing.js';

export const NOTHING = new Uint8Array(0);

/** What a worker tells its pool. What a method returns is to be awaited before the next is called. */
export class Replies {
  readonly #ring: Ring;
  readonly #socket: Connection;
  /** When the pool was last woken, as `performance.now()`. */
  flushedAt = 0;

  constructor(ring: Ring, socket: Connection) {
    this.#ring = ring;
    this.#socket = socket;
  }

  /** For a list of our own making: what a task returns may be more than its items. */
  sendResults(id: number, note: number, flag: number, list: unknown[]): Promise<void> | undefined {
    const packed = pack(list);
    if (packed === undefined) return this.sendResult(id, note, flag, list);
    const tag = packed.ints ? FromWorker.RESULT_INTS : FromWorker.RESULT_FLOATS;
    return this.send(tag | flag, id, note, packed.bytes);
  }

  sendResult(id: number, note: number, flag: number, value: unknown): Promise<void> | undefined {
    const handles: number[] = [];
    try {
      const bytes = encode(value, { root: 'result', handles });
      if (handles.length > 0) return this.#sendBySocket(id, note, flag, bytes, handles);
      return this.send(FromWorker.RESULT | flag, id, note, bytes);
    } catch (error) {
      return this.sendError(id, note, flag, cannotEncode(value, error));
    }
  }

  async #sendBySocket(
    id: number,
    note: number,
    flag: number,
    bytes: Uint8Array,
    handles: readonly number[],
  ): Promise<void> {
    const body = Buffer.from(bytes);
    await this.send(FromWorker.RESULT | BY_SOCKET | flag, id, note, NOTHING);
    this.flush();
    await this.#socket.sendFrame(body, handles);
  }

  sendError(id: number, note: number, flag: number, error: unknown): Promise<void> | undefined {
    return this.send(FromWorker.ERROR | flag, id, note, encodeError(error));
  }

  send(tag: number, id: number, note: number, payload: Uint8Array): Promise<void> | undefined {
    if (this.#ring.write(tag, id, payload, note)) return undefined;
    // Not the encoder's memory, which is used again.
    return this.#sendLater(tag, id, note, payload.slice());
  }

  /** Waits while the pool is behind. */
  async #sendLater(tag: number, id: number, note: number, payload: Uint8Array): Promise<void> {
    do {
      this.flush();
      await this.#ring.roomFor(payload.length, FOR_EVER);
    } while (!this.#ring.write(tag, id, payload, note));
  }

  flush(): void {
    this.flushedAt = performance.now();
    this.#ring.flush();
  }
}

function cannotEncode(value: unknown, cause: unknown): MaybeEncodingError {
  const shown = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MaybeEncodingError(`The result of a task cannot travel: ${reason}`, shown, { cause });
}

export function encodeError(error: unknown): Uint8Array {
  try {
    return encode(error, { root: 'error' });
  } catch (cause) {
    const shown = inspect(error);
    const reason = cause instanceof Error ? cause.message : String(cause);
    return encode(
      new MaybeEncodingError(`What a task threw cannot travel: ${reason}\n${shown}`, shown),
    );
  }
}
