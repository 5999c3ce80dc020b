import { InvalidStateError } from '../errors.js';
import { invalidType } from '../validate.js';
import { copyBytes } from './elements.js';
import { Memory } from './memory.js';
import { type AnyLock, lockOf, type Synchronized, toLock } from './synchronized.js';
import { isView, ORIGIN, type Origin, show } from './views.js';

/**
 * Copies a value, an array or a structure, also one that is not shared, to shared memory of its own; without a lock.
 * @throws TypeError ERR_INVALID_ARG_TYPE; a system error when there is no memory
 * @see Python: `multiprocessing.sharedctypes.copy`
 */
export function copy<T extends object>(object: T): Omit<T, keyof Synchronized> {
  const { type, place } = originOf(object);
  const to = { memory: Memory.allocate(type.size), start: 0 };
  copyBytes(place, to, type.size);
  return show({ type, place: to }) as T;
}

/**
 * Gives a value, an array or a structure in shared memory a lock.
 * @param lock - Default: a new RLock
 * @returns Another object that shows the same memory.
 * @throws TypeError ERR_INVALID_ARG_TYPE; {InvalidStateError} ERR_MP_INVALID_STATE: it has a lock
 * @see Python: `multiprocessing.sharedctypes.synchronized`
 */
export function synchronized<T extends object>(object: T, lock?: AnyLock): T & Synchronized {
  const origin = originOf(object);
  if (origin.place.memory.object === undefined) throw refuse(object);
  if (lockOf(object) !== undefined) throw new InvalidStateError('It has a lock already');
  return show(origin, toLock(lock)) as T & Synchronized;
}

function originOf(object: unknown): Origin {
  if (isView(object)) return object[ORIGIN]();
  throw refuse(object);
}

const refuse = (object: unknown) =>
  invalidType('object', 'a value, an array or a structure in shared memory', object);
