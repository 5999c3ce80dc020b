import { ClosedError } from '../errors.js';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { debug } from '../logging/emit.js';
import { native } from '../native/binding.js';
import { forgetDoorbell } from './doorbell.js';
import type { ObjectKind } from './kinds.js';
import { BYTES_PER_WORD, QUEUE_WORDS } from './layout.js';
import { forgetPart, self, takePart } from './participant.js';
import { WaitLine, type WaitLineOptions } from './wait-line.js';
import { WaitQueue } from './wait-queue.js';
import { wordsAt } from './windows.js';

/** How an object is called in a message. */
export type ObjectAddress = readonly [arena: number, offset: number, serial: number];

// Those that this thread refers to, by offset: one object here for each one there.
const objects = new Map<number, SharedObject>();

registerAfterFork(objects, becomeOwn, new Map());

// In a forked child. The parent has seen to it that they are still there.
function becomeOwn(inherited: Map<number, SharedObject>): void {
  if (inherited !== objects || self.owner === 0) return;
  forgetPart();
  forgetDoorbell();
  if (inherited.size > 0) takePart();
  for (const object of inherited.values()) object.afterFork();
}

/** Of those that one may wait for, as Python of its semaphores. */
function tell(what: string, { name, queues }: ObjectKind, offset: number): void {
  if (queues > 0) debug('%s %s with handle %d', what, name, offset);
}

/** An object in the arena, as this thread has it; shared by all handles of the thread. */
export class SharedObject {
  readonly kind: ObjectKind;
  readonly offset: number;
  readonly words: Int32Array;
  /** Of the first word that is its own. */
  readonly index: number;
  readonly #serial: number;
  readonly #queues: number;
  #lines: WaitLine[] = [];
  #core: object | undefined;
  #handles = 0;
  /** How much work goes on that needs its memory. */
  #works = 0;

  /**
   * A new one.
   * @throws A system error when the arena has no room for it.
   */
  static create(kind: ObjectKind): SharedObject {
    takePart();
    const bytes = kind.queues * QUEUE_WORDS * BYTES_PER_WORD + kind.bytes;
    const offset = native.allocateObject(bytes, kind.type, kind.queues);
    tell('created', kind, offset);
    return new SharedObject(kind, offset, native.serialOfObject(offset));
  }

  /** The one that a message names; undefined when it is gone, or belongs to another arena. */
  static find(kind: ObjectKind, [arena, offset, serial]: ObjectAddress): SharedObject | undefined {
    takePart();
    if (arena !== self.arena || !native.attachObject(offset, serial, kind.type)) return undefined;
    const known = objects.get(offset);
    if (known !== undefined) return known;
    tell('recreated', kind, offset);
    return new SharedObject(kind, offset, serial);
  }

  private constructor(kind: ObjectKind, offset: number, serial: number) {
    this.kind = kind;
    this.offset = offset;
    this.#serial = serial;
    const { words, index } = wordsAt(offset);
    this.words = words;
    this.#queues = index;
    this.index = index + kind.queues * QUEUE_WORDS;
    objects.set(offset, this);
  }

  get address(): ObjectAddress {
    return [self.arena, this.offset, this.#serial];
  }

  /** What the handles of this thread have in common besides the memory. */
  core<T extends object>(make: (object: SharedObject) => T): T {
    this.#core ??= make(this);
    return this.#core as T;
  }

  /** Those of this thread who wait in one of the object's queues. */
  line(queue: number, options: WaitLineOptions): WaitLine {
    const words = queue * QUEUE_WORDS;
    const offset = this.offset + words * BYTES_PER_WORD;
    const line = new WaitLine(new WaitQueue(this.words, this.#queues + words, offset), options);
    this.#lines.push(line);
    return line;
  }

  /** There is one more handle of it. */
  retain(): void {
    this.#handles++;
  }

  /** There is one less: without any, this thread lets go of the object. */
  release(): void {
    if (--this.#handles > 0) return;
    for (const line of this.#lines)
      line.fail(() => new ClosedError(`The ${this.kind.name} was closed`));
    this.#letGo();
  }

  /** Keeps the memory while the work goes on, also when the last handle is closed meanwhile. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#works++;
    try {
      return await work();
    } finally {
      this.#works--;
      this.#letGo();
    }
  }

  #letGo(): void {
    if (this.#handles > 0 || this.#works > 0) return;
    objects.delete(this.offset);
    native.detachObject(this.offset);
  }

  /** It goes along in a message. */
  pin(): void {
    native.pinObject(this.offset);
  }

  /** The message will not arrive. */
  unpin(): void {
    native.unpinObject(this.offset);
  }

  afterFork(): void {
    // Work goes on in the parent only.
    this.#works = 0;
    if (this.#handles === 0) {
      objects.delete(this.offset);
      return;
    }
    for (const line of this.#lines) line.forget();
    native.attachObject(this.offset, this.#serial, this.kind.type);
  }
}
