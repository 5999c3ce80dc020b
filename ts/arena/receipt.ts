/**
 * Tells the sender of a message whether it was decoded. What goes along in a message is counted as under way;
 * if the receiver ended before it got there, the sender has to take that back.
 */
import { defineKind } from './kinds.js';
import { type ObjectAddress, SharedObject } from './shared-object.js';

const RECEIPT = defineKind('Receipt', { queues: 0, bytes: 4 });

export class Receipt {
  readonly #object = SharedObject.create(RECEIPT);

  /** @throws A system error when the arena has no room for it. */
  constructor() {
    this.#object.retain();
  }

  /** For the receiver. */
  get address(): ObjectAddress {
    return this.#object.address;
  }

  get isSigned(): boolean {
    const { words, index } = this.#object;
    return Atomics.load(words, index) !== 0;
  }

  close(): void {
    this.#object.release();
  }
}

/** The receiver has decoded the message. Nothing happens when nobody asks any more. */
export function signReceipt(address: ObjectAddress): void {
  const object = SharedObject.find(RECEIPT, address);
  if (object === undefined) return;
  object.retain();
  Atomics.store(object.words, object.index, 1);
  object.release();
}
