/** The objects of this layer, as they are told apart in the arena. */
import type { ObjectKind } from '../arena/shared-object.js';

export const LOCK: ObjectKind = { type: 1, name: 'Lock', queues: 1, bytes: 64 };
export const RLOCK: ObjectKind = { type: 2, name: 'RLock', queues: 1, bytes: 64 };
export const SEMAPHORE: ObjectKind = { type: 3, name: 'Semaphore', queues: 1, bytes: 64 };
export const BOUNDED_SEMAPHORE: ObjectKind = {
  type: 4,
  name: 'BoundedSemaphore',
  queues: 1,
  bytes: 64,
};
export const CONDITION: ObjectKind = { type: 5, name: 'Condition', queues: 1, bytes: 64 };
export const EVENT: ObjectKind = { type: 6, name: 'Event', queues: 1, bytes: 64 };
export const BARRIER: ObjectKind = { type: 7, name: 'Barrier', queues: 1, bytes: 64 };
