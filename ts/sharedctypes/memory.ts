/**
 * Where values of this folder stand: in memory of the arena, which is freed when no process has a view of it any more;
 * or, for a structure that is not shared, in memory of this process alone.
 */
import { defineKind } from '../arena/kinds.js';
import { type ObjectAddress, SharedObject } from '../arena/shared-object.js';
import { ProcessError } from '../errors.js';
import { native } from '../native/binding.js';
import type { PickleContext } from '../serialization/codec.js';
import { type AnyArray, arrayClasses } from './type-codes.js';

const BYTES = defineKind('SharedBytes', { queues: 0, bytes: 0 });

/** By the buffers that show them: whoever has any view of one keeps it. */
const memories = new WeakMap<ArrayBufferLike, Memory>();
const collected = new FinalizationRegistry<SharedObject>((object) => object.release());

export class Memory {
  readonly buffer: ArrayBuffer;
  /** What the memory is to other processes; `undefined` when it is this process's. */
  readonly object: SharedObject | undefined;
  readonly #views: (AnyArray | undefined)[] = arrayClasses.map(() => undefined);

  /**
   * New shared memory, which is all zeros.
   * @throws A system error when the arena has no room for it.
   */
  static allocate(bytes: number): Memory {
    const size = Math.max(1, bytes);
    return Memory.#show(SharedObject.create({ ...BYTES, bytes: size }), size);
  }

  /** Memory of this process, which starts as these bytes. */
  static copyOf(bytes: Uint8Array): Memory {
    const memory = new Memory(new ArrayBuffer(bytes.length), undefined);
    new Uint8Array(memory.buffer).set(bytes);
    return memory;
  }

  /** @throws {ProcessError} when the memory is gone, or another tree's. */
  static attach(address: ObjectAddress, bytes: number): Memory {
    const object = SharedObject.find(BYTES, address);
    if (object !== undefined) return Memory.#show(object, Math.max(1, bytes));
    throw new ProcessError(
      'This shared memory is not to be found: it belongs to another tree of processes. Only a process and its ' +
        'descendants share such memory',
    );
  }

  static of(view: ArrayBufferView): Memory {
    return memories.get(view.buffer)!;
  }

  static #show(object: SharedObject, bytes: number): Memory {
    const buffer = native.objectMemory(object.offset, bytes);
    object.retain();
    collected.register(buffer, object);
    return new Memory(buffer, object);
  }

  private constructor(buffer: ArrayBuffer, object: SharedObject | undefined) {
    this.buffer = buffer;
    this.object = object;
    memories.set(buffer, this);
  }

  /** All of it as numbers, stored in the way that has this index. */
  numbers(index: number): AnyArray {
    this.#views[index] ??= this.#makeView(index);
    return this.#views[index]!;
  }

  #makeView(index: number): AnyArray {
    const cls = arrayClasses[index]!;
    return new cls(this.buffer, 0, Math.floor(this.buffer.byteLength / cls.BYTES_PER_ELEMENT));
  }
}

/** Where in a memory something begins. */
export interface Place {
  readonly memory: Memory;
  readonly start: number;
}

/** A place in a message; the bytes themselves when they are not shared. */
export type SentPlace = readonly [ObjectAddress, start: number] | Uint8Array;

export function sendPlace(
  { memory, start }: Place,
  bytes: number,
  { undo }: Pick<PickleContext, 'undo'>,
): SentPlace {
  const { object } = memory;
  if (object === undefined) return new Uint8Array(memory.buffer).slice(start, start + bytes);
  object.pin();
  undo.push(() => object.unpin());
  return [object.address, start];
}

/** @throws As `Memory.attach` */
export function receivePlace(sent: SentPlace, bytes: number): Place {
  if (sent instanceof Uint8Array) return { memory: Memory.copyOf(sent), start: 0 };
  const [address, start] = sent;
  return { memory: Memory.attach(address, start + bytes), start };
}
