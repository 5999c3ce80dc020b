/** Typed arrays over memory of the arena. It is freed when no process has a view of it any more. */
import { defineKind } from '../arena/kinds.js';
import { type ObjectAddress, SharedObject } from '../arena/shared-object.js';
import { ProcessError } from '../errors.js';
import { native } from '../native/binding.js';
import type { PickleContext } from '../serialization/codec.js';
import type { AnyArray, ArrayClass } from './type-codes.js';

const BYTES = defineKind('SharedBytes', { queues: 0, bytes: 0 });

/** Objects by the buffers that show them: whoever has any view of one keeps it. */
const objects = new WeakMap<ArrayBufferLike, SharedObject>();
const collected = new FinalizationRegistry<SharedObject>((object) => object.release());

/**
 * A view of new memory, which is all zeros.
 * @throws A system error when the arena has no room for it.
 */
export function allocateView<A extends AnyArray>(cls: ArrayClass, length: number): A {
  const bytes = Math.max(1, length * cls.BYTES_PER_ELEMENT);
  return show(SharedObject.create({ ...BYTES, bytes }), cls, length);
}

/** For a message: what `attachView` makes a view of the same memory of. */
export function sendView(view: AnyArray, { undo }: Pick<PickleContext, 'undo'>): SentView {
  const object = objects.get(view.buffer)!;
  object.pin();
  undo.push(() => object.unpin());
  return [object.address, view.length];
}

export type SentView = readonly [ObjectAddress, length: number];

/** @throws {ProcessError} when the memory is gone, or another tree's. */
export function attachView<A extends AnyArray>(cls: ArrayClass, [address, length]: SentView): A {
  const object = SharedObject.find(BYTES, address);
  if (object !== undefined) return show(object, cls, length);
  throw new ProcessError(
    'This shared array is not to be found: it belongs to another tree of processes. Only a process and its ' +
      'descendants share such memory',
  );
}

function show<A extends AnyArray>(object: SharedObject, cls: ArrayClass, length: number): A {
  const buffer = native.objectMemory(object.offset, length * cls.BYTES_PER_ELEMENT);
  object.retain();
  objects.set(buffer, object);
  collected.register(buffer, object);
  return new cls(buffer, 0, length) as A;
}
