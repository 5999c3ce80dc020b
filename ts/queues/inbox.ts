import { decode } from '../serialization/pickle.js';
import { Large, type Spares } from './large.js';
import { LARGEST, type Segment } from './segment.js';

const FIRST_BYTES = 512;

/** Where a message is between the queue and its decoder. */
export class Inbox {
  /** How many bytes the message takes in its segment. */
  length = 0;
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #large: Large | undefined;

  /**
   * Copies the message.
   * @returns False when it is gone: one who had taken it to himself was killed then, and has taken it along.
   */
  receive(segment: Segment, position: number): boolean {
    this.length = segment.lengthAt(position);
    if (this.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(LARGEST);
    segment.read(position, this.length, this.#bytes);
    if (!segment.isLargeAt(position)) return true;
    this.#large = Large.open(this.#bytes.subarray(0, this.length));
    return this.#large !== undefined;
  }

  /** The value of the message, whose memory is given back. */
  open(spares: Spares): unknown {
    const large = this.#large;
    if (large === undefined) return decode(this.#bytes, this);
    this.#large = undefined;
    try {
      return decode(large.bytes);
    } finally {
      spares.giveBack(large);
    }
  }
}

// More than one is in use when a get follows another that waits, or is made while a message is decoded.
const idle: Inbox[] = [];
const MOST_IDLE = 4;

export const takeInbox = (): Inbox => idle.pop() ?? new Inbox();

export function returnInbox(inbox: Inbox): void {
  if (idle.length < MOST_IDLE) idle.push(inbox);
}
