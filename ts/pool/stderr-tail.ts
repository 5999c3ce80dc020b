/** The last that a worker has written to stderr, where it can be read when the worker is gone. */

import { defineKind } from '../arena/kinds.js';
import { registerHandle, SharedHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import { native } from '../native/binding.js';

const CAPACITY = 4096;
const COUNT_BYTES = 8;
const TAIL = defineKind('StderrTail', { queues: 0, bytes: COUNT_BYTES + CAPACITY });

class Memory {
  readonly #count: Int32Array;
  readonly #bytes: Uint8Array;

  constructor({ offset }: SharedObject) {
    const memory = native.objectMemory(offset, COUNT_BYTES + CAPACITY);
    this.#count = new Int32Array(memory, 0, 1);
    this.#bytes = new Uint8Array(memory, COUNT_BYTES);
  }

  append(bytes: Uint8Array): void {
    const kept = bytes.subarray(Math.max(0, bytes.length - CAPACITY));
    const at = this.#count[0]! % CAPACITY;
    const first = kept.subarray(0, CAPACITY - at);
    this.#bytes.set(first, at);
    this.#bytes.set(kept.subarray(first.length), 0);
    // Wraps after 1 GiB, and then loses a few lines: a multiple of the capacity is taken off.
    this.#count[0] = (this.#count[0]! + kept.length) % (1 << 30) || CAPACITY;
  }

  read(): Buffer {
    const count = this.#count[0]!;
    if (count <= CAPACITY) return Buffer.from(this.#bytes.subarray(0, count));
    const at = count % CAPACITY;
    return Buffer.concat([this.#bytes.subarray(at), this.#bytes.subarray(0, at)]);
  }
}

export class StderrTail extends SharedHandle {
  readonly #memory: Memory;

  /** @throws A system error when the arena has no room for it. */
  constructor(object: SharedObject = SharedObject.create(TAIL)) {
    super(object);
    this.#memory = object.core((it) => new Memory(it));
  }

  append(text: Uint8Array | string): void {
    this.#memory.append(typeof text === 'string' ? Buffer.from(text) : text);
  }

  /** At most 4 KiB. */
  read(): string {
    return this.#memory.read().toString();
  }
}

registerHandle<StderrTail, undefined>(StderrTail, {
  kind: TAIL,
  describe: () => undefined,
  make: (object) => new StderrTail(object),
});
